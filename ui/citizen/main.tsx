import "@fontsource/biz-udpgothic/400.css";
import "@fontsource/biz-udpgothic/700.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/controls.css";
import "./styles/screens.css";
import "./styles/pictures.css";
import { render } from "preact";
import { App } from "./app.tsx";

const root = document.getElementById("panel");
if (root) render(<App />, root);
