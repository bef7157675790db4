import "@fontsource/biz-udpgothic/400.css";
import "@fontsource/biz-udpgothic/700.css";
import "./style/page.css";
import "./style/machine.css";
import "./style/tabs.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { connectBench } from "./connection.ts";

const root = document.getElementById("bench");
if (root) render(<App bench={connectBench()} />, root);
