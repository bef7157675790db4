import { render } from "preact";

const root = document.getElementById("panel");
if (root) render(<main />, root);
