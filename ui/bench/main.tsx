import { render } from "preact";

const root = document.getElementById("bench");
if (root) render(<main />, root);
