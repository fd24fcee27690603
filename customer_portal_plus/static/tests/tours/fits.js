/** Fail if something of the page is wider than the screen. */
export function fits() {
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) {
        throw new Error(`The page is ${page.scrollWidth} px wide`);
    }
}
