import "@fontsource/biz-udpgothic/400.css";
import "@fontsource/biz-udpgothic/700.css";
import "./style/page.css";
import "./style/answers.css";
import "./style/protections.css";
import "./style/latent.css";
import { render } from "preact";
import { App } from "./app.tsx";

const root = document.getElementById("inquiry");
if (root) render(<App />, root);
