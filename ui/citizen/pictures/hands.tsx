import { Arrow, Card, Coin, Picture, Reader, Sheet, Slip } from "./parts.tsx";

/** What the hands do, each as a picture that moves; `prefers-reduced-motion` stops it where it says most. */

/** Put the card on the reader. */
export function CardOnPicture() {
  return (
    <Picture name="card-on">
      <Reader />
      <g transform="translate(165 74)">
        <g class="moving">
          <Card />
        </g>
      </g>
      <Arrow x={390} y={120} down />
    </Picture>
  );
}

/** Take the card off. */
export function CardOffPicture() {
  return (
    <Picture name="card-off">
      <Reader />
      <g transform="translate(165 74)">
        <g class="moving">
          <Card />
        </g>
      </g>
      <Arrow x={390} y={120} />
    </Picture>
  );
}

/** The card is being read, or is no more needed while others are asked. */
export function CardReadPicture({ onReader }: { readonly onReader: boolean }) {
  return (
    <Picture name="card-read">
      {onReader ? (
        <>
          <Reader />
          <g transform="translate(165 96)">
            <Card />
          </g>
          <path class="beam" d="M196 74q44-32 88 0M212 56q28-21 56 0M226 38q14-11 28 0" />
        </>
      ) : (
        <>
          <path class="body" d="M62 120 130 76l68 44zM74 120v96M106 120v96M154 120v96M186 120v96M58 216h144v26H58z" />
          <path class="body" d="M300 96h118q10 0 10 10v128q0 10-10 10H300q-10 0-10-10V106q0-10 10-10z" />
          <path class="thin" d="M312 130h94M312 160h94M312 190h94" />
          <g class="dots-between">
            <circle cx="222" cy="170" r="7" />
            <circle cx="246" cy="170" r="7" />
            <circle cx="270" cy="170" r="7" />
          </g>
        </>
      )}
    </Picture>
  );
}

/** Put coins in. `still`: the slot is closed for a moment. */
export function InsertCoinsPicture({ still }: { readonly still: boolean }) {
  return (
    <Picture name={still ? "coins-in coins-still" : "coins-in"}>
      <path class="body" d="M120 292V176q0-16 16-16h208q16 0 16 16v116z" />
      <rect class="slot" x="196" y="186" width="88" height="16" rx="8" />
      <path class="thin" d="M150 236h180M150 258h120" />
      <g transform="translate(240 90)">
        <g class="moving">
          <Coin yen={100} />
        </g>
      </g>
      <g transform="translate(330 66)">
        <Coin yen={500} />
      </g>
      <g transform="translate(150 66)">
        <Coin yen={50} />
      </g>
      <g transform="translate(86 100)">
        <Coin yen={10} />
      </g>
      {!still && <Arrow x={414} y={150} down />}
    </Picture>
  );
}

/** Coins, for a remark. */
export function CoinsPicture() {
  return (
    <svg class="small-picture" viewBox="0 0 160 100" aria-hidden="true" focusable="false">
      <g transform="translate(46 60)">
        <Coin yen={100} />
      </g>
      <g transform="translate(92 40)">
        <Coin yen={50} />
      </g>
      <g transform="translate(122 68)">
        <Coin yen={10} />
      </g>
    </svg>
  );
}

/** Take the change out of the tray. */
export function TakeChangePicture() {
  return (
    <Picture name="change">
      <g transform="translate(196 176)">
        <g class="moving">
          <Coin yen={100} />
        </g>
      </g>
      <g transform="translate(250 190)">
        <g class="moving">
          <Coin yen={50} />
        </g>
      </g>
      <g transform="translate(290 178)">
        <g class="moving">
          <Coin yen={10} />
        </g>
      </g>
      <path class="body" d="M110 206h260q0 70-60 78H170q-60-8-60-78z" />
      <Arrow x={414} y={120} />
    </Picture>
  );
}

/** Take the certificate out of the printer's tray. */
export function TakePaperPicture() {
  return (
    <Picture name="paper-out">
      <g transform="translate(185 60)">
        <g class="moving">
          <Sheet />
        </g>
      </g>
      <path class="body" d="M100 292v-86q0-14 14-14h252q14 0 14 14v86z" />
      <rect class="slot" x="160" y="186" width="160" height="14" rx="7" />
      <path class="thin" d="M130 250h80" />
      <Arrow x={414} y={110} />
    </Picture>
  );
}

/** Take the receipt. */
export function TakeReceiptPicture() {
  return (
    <Picture name="receipt-out">
      <g transform="translate(203 78)">
        <g class="moving">
          <Slip />
        </g>
      </g>
      <path class="body" d="M140 292v-86q0-14 14-14h172q14 0 14 14v86z" />
      <rect class="slot" x="186" y="186" width="108" height="14" rx="7" />
      <Arrow x={390} y={110} />
    </Picture>
  );
}

/** A card that was left. */
export function TakeCardPicture() {
  return <CardOffPicture />;
}
