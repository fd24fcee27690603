/** Draw a line on the field of a signature, as a mouse does. */
function drawSignature(canvas) {
    // No real pointer is there to be captured.
    canvas.setPointerCapture = () => {};
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const stroke = [
        ["pointerdown", 0.2, 0.5],
        ["pointermove", 0.3, 0.2],
        ["pointermove", 0.45, 0.8],
        ["pointermove", 0.6, 0.3],
        ["pointerup", 0.7, 0.5],
    ];
    for (const [type, x, y] of stroke) {
        canvas.dispatchEvent(
            new PointerEvent(type, {
                bubbles: true,
                cancelable: true,
                buttons: type === "pointerup" ? 0 : 1,
                pointerType: "mouse",
                pointerId: 1,
                isPrimary: true,
                clientX: left + width * x,
                clientY: top + height * y,
            })
        );
    }
}

/** Steps that draw a signature on the page on which one signs, agree, and send it. */
export const drawAndSign = () => [
    {
        content: "draw with the mouse",
        trigger: ".cpp-sign-form .cpp-sign-draw:not(.d-none) canvas",
        run() {
            drawSignature(this.anchor);
        },
    },
    {
        content: "agree",
        trigger: "#cpp_consent",
        run: "check",
    },
    {
        content: "sign",
        trigger: ".cpp-sign-form button[type=submit]",
        run: "click",
        expectUnloadPage: true,
    },
];
