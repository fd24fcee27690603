import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * Drawing a signature with finger, pen or mouse. Without this script the form still works: the
 * name is typed, or a picture is uploaded.
 */
export class SignatureForm extends Interaction {
    static selector = ".cpp-sign-form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        "input[name=method]": { "t-on-change": this.showMethod },
        canvas: {
            "t-on-pointerdown.prevent": this.onPointerDown,
            "t-on-pointermove.prevent": this.onPointerMove,
            "t-on-pointerup": this.onPointerUp,
            "t-on-pointercancel": this.onPointerUp,
        },
        ".cpp-sign-clear": { "t-on-click": this.clear },
    };

    setup() {
        this.canvas = this.el.querySelector("canvas");
        this.pen = this.canvas.getContext("2d");
        this.drawing = false;
        this.drawn = false;
    }

    start() {
        this.el.querySelector(".cpp-needs-script").classList.remove("d-none");
        const chosen = this.el.querySelector("input[name=method]:checked");
        if (chosen.value === "type") {
            this.el.querySelector("#cpp_method_draw").checked = true;
        }
        this.showMethod();
    }

    get method() {
        return this.el.querySelector("input[name=method]:checked").value;
    }

    showMethod() {
        this.el.querySelector(".cpp-sign-draw").classList.toggle("d-none", this.method !== "draw");
        this.el
            .querySelector(".cpp-sign-upload")
            .classList.toggle("d-none", this.method !== "upload");
    }

    /** Return where a pointer event is on the canvas, in the canvas's own pixels. */
    point(ev) {
        const box = this.canvas.getBoundingClientRect();
        return [
            ((ev.clientX - box.left) * this.canvas.width) / box.width,
            ((ev.clientY - box.top) * this.canvas.height) / box.height,
        ];
    }

    onPointerDown(ev) {
        this.drawing = true;
        this.canvas.setPointerCapture(ev.pointerId);
        this.pen.lineWidth = 5;
        this.pen.lineCap = this.pen.lineJoin = "round";
        this.pen.strokeStyle = "#14213d";
        this.pen.beginPath();
        this.pen.moveTo(...this.point(ev));
    }

    onPointerMove(ev) {
        if (!this.drawing) {
            return;
        }
        this.pen.lineTo(...this.point(ev));
        this.pen.stroke();
        this.drawn = true;
    }

    onPointerUp() {
        this.drawing = false;
    }

    clear() {
        this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
        this.drawn = false;
    }

    onSubmit() {
        this.el.querySelector("input[name=drawing]").value =
            this.method === "draw" && this.drawn ? this.canvas.toDataURL("image/png") : "";
    }
}

registry.category("public.interactions").add("customer_portal_plus.signature_form", SignatureForm);
