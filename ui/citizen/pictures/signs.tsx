import type { PanelStep } from "../../../src/protocol/panel.ts";
import { Card, Picture, Sheet, Slip } from "./parts.tsx";

/** Signs: what a screen is about, at a glance. */

/** The kiosk with card and certificate: the first screen. */
export function KioskPicture() {
  return (
    <Picture name="kiosk">
      <g transform="translate(40 96) rotate(-6)">
        <Card />
      </g>
      <path class="way" d="M208 150h40" />
      <path class="way" d="m236 136 16 14-16 14" />
      <g transform="translate(296 62) rotate(4)">
        <Sheet />
      </g>
    </Picture>
  );
}

/** Out of service. */
export function ClosedPicture() {
  return (
    <Picture name="closed">
      <path class="body" d="M150 30h180q14 0 14 14v240H136V44q0-14 14-14z" />
      <rect class="screen" x="164" y="58" width="152" height="104" rx="8" />
      <path class="thin" d="M180 196h120M180 216h60" />
      <path class="cross" d="m212 82 56 56m0-56-56 56" />
    </Picture>
  );
}

/** The line to the kiosk is broken. */
export function LostPicture() {
  return (
    <Picture name="lost">
      <path class="body" d="M40 100h120v100H40zM320 100h120v100H320z" />
      <path class="cable" d="M160 150h48M272 150h48" />
      <path class="spark" d="m226 122 10 20-20 8 28 0-8 28M258 116l-6 18M262 184l-8-16" />
    </Picture>
  );
}

/** There is no receipt. */
export function NoReceiptPicture() {
  return (
    <svg class="small-picture" viewBox="0 0 160 140" aria-hidden="true" focusable="false">
      <g transform="translate(43 10)">
        <Slip />
      </g>
      <path class="cross" d="m24 116 112-92" />
    </svg>
  );
}

/** Somebody must help. */
export function AttentionPicture() {
  return (
    <Picture name="attention">
      <path class="triangle" d="M240 40 388 266H92z" />
      <path class="mark" d="M240 118v76" />
      <circle class="mark-dot" cx="240" cy="228" r="9" />
    </Picture>
  );
}

/** All is done. */
export function DonePicture() {
  return (
    <Picture name="done">
      <circle class="ring" cx="240" cy="150" r="108" />
      <path class="tick" d="m188 152 38 40 70-84" />
    </Picture>
  );
}

type Reason = Extract<PanelStep, { step: "ended" }>["reason"];

const drawn: Readonly<Record<Reason, "left" | "clock" | "no" | "fault">> = {
  cancelled: "left",
  timedOut: "clock",
  refused: "no",
  fault: "fault",
  contradiction: "fault",
};

/** How a session ended. One picture for every refusal: whoever looks over a shoulder learns nothing more. */
export function EndedPicture({ reason }: { readonly reason: Reason }) {
  const sign = drawn[reason];
  return (
    <svg class={`sign sign-${sign}`} viewBox="0 0 120 120" aria-hidden="true" focusable="false">
      <circle class="sign-ground" cx="60" cy="60" r="54" />
      {sign === "left" && <path d="M34 60h46M62 40l20 20-20 20" />}
      {sign === "clock" && <path d="M60 30v32l20 14" />}
      {sign === "no" && <path d="M36 60h48" />}
      {sign === "fault" && <path d="M60 32v36M60 84v2" />}
    </svg>
  );
}
