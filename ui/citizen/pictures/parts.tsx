import type { ComponentChildren } from "preact";

/** The frame of every picture: one drawing size, one line weight. What it means stands in words beside it. */
export function Picture(props: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <svg class={`picture picture-${props.name}`} viewBox="0 0 480 300" aria-hidden="true" focusable="false">
      {props.children}
    </svg>
  );
}

/** A My Number card, its top left corner at 0, 0: 150 × 95. */
export function Card() {
  return (
    <g class="card">
      <rect class="paper" width="150" height="95" rx="9" />
      <rect class="tint" x="1.5" y="1.5" width="147" height="22" rx="8" />
      <rect class="chip" x="16" y="40" width="30" height="24" rx="4" />
      <path class="thin" d="M16 52h10M36 52h10M31 40v7M31 57v7" />
      <circle class="thin" cx="116" cy="47" r="10" />
      <path class="thin" d="M98 74c2-14 34-14 36 0z" />
      <path class="thin" d="M16 78h52" />
    </g>
  );
}

/** The reader's plate with its mark, centred on 240. */
export function Reader() {
  return (
    <g class="reader">
      <path class="body" d="M110 292V214q0-14 14-14h232q14 0 14 14v78z" />
      <rect class="plate" x="140" y="186" width="200" height="26" rx="13" />
      <path class="wave" d="M206 250q34-26 68 0M218 264q22-17 44 0M231 277q9-7 18 0" />
    </g>
  );
}

/** A coin of a given value around 0, 0. */
export function Coin({ yen }: { readonly yen: 100 | 500 | 10 | 50 }) {
  const look = yen === 500 ? "coin coin-gold" : yen === 10 ? "coin coin-copper" : "coin";
  return (
    <g class={look}>
      <circle r="27" />
      <circle class="thin" r="20" />
      <text class="coin-yen" y="7" text-anchor="middle">
        {yen}
      </text>
    </g>
  );
}

/** A sheet with lines and a seal, its top left corner at 0, 0: 110 × 150. */
export function Sheet() {
  return (
    <g class="sheet">
      <path class="paper" d="M0 6q0-6 6-6h98q6 0 6 6v138q0 6-6 6H6q-6 0-6-6z" />
      <path class="thin" d="M36 20h38M16 44h78M16 60h78M16 76h78M16 92h52" />
      <rect class="seal" x="74" y="108" width="24" height="24" rx="3" />
    </g>
  );
}

/** A slip with a torn edge, its top left corner at 0, 0: 74 × 120. */
export function Slip() {
  return (
    <g class="slip">
      <path class="paper" d="M0 0h74v112l-9 8-9-8-9 8-10-8-10 8-9-8-9 8-9-8z" />
      <path class="thin" d="M20 20h34M12 40h50M12 54h50M12 68h30M52 68h10M12 88h20M46 88h16" />
    </g>
  );
}

/** An arrow that shows where a hand moves something. */
export function Arrow(props: { readonly x: number; readonly y: number; readonly down?: boolean }) {
  return (
    <g class="arrow" transform={`translate(${props.x} ${props.y}) rotate(${props.down ? 180 : 0})`}>
      <path d="M0-34 26-4H11v34h-22V-4h-15z" />
    </g>
  );
}
