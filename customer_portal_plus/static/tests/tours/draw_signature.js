/** Draw a line on the field of a signature, as a mouse does. */
export function drawSignature(canvas) {
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
