import { Picture, Sheet, Slip } from "./parts.tsx";

/** What the machine does while one waits. */

/** The certificate is fetched and checked. */
export function PreparingPicture() {
  return (
    <Picture name="preparing">
      <g transform="translate(150 70)">
        <Sheet />
      </g>
      <g class="lens">
        <circle class="glass" cx="290" cy="150" r="52" />
        <path class="handle" d="m328 188 52 52" />
        <path class="tick" d="m268 150 16 18 30-36" />
      </g>
    </Picture>
  );
}

/** Sheets come out of the printer. */
export function PrintingPicture() {
  return (
    <Picture name="printing">
      <path class="body" d="M130 120V58q0-10 10-10h200q10 0 10 10v62z" />
      <path class="body" d="M90 236V136q0-16 16-16h268q16 0 16 16v100z" />
      <circle class="lamp" cx="352" cy="150" r="9" />
      <clipPath id="below-slot">
        <rect class="clip" x="150" y="213" width="180" height="87" />
      </clipPath>
      <g clip-path="url(#below-slot)">
        <g transform="translate(185 90)">
          <g class="moving">
            <Sheet />
          </g>
        </g>
      </g>
      <rect class="slot" x="160" y="206" width="160" height="14" rx="7" />
    </Picture>
  );
}

/** The receipt comes out. */
export function ReceiptOutPicture() {
  return (
    <Picture name="receipt-printing">
      <g transform="translate(203 78)">
        <g class="moving">
          <Slip />
        </g>
      </g>
      <path class="body" d="M140 292v-86q0-14 14-14h172q14 0 14 14v86z" />
      <rect class="slot" x="186" y="186" width="108" height="14" rx="7" />
    </Picture>
  );
}
