import type { BenchState } from "../../src/town/bench/protocol.ts";
import { Act, useBench } from "./context.tsx";

const denominations = [10, 50, 100, 500] as const;

function worth(coins: Readonly<Record<string, number>>): number {
  return Object.entries(coins).reduce((sum, [yen, count]) => sum + Number(yen) * count, 0);
}

/** The machine as it stands in the store: what can be touched is touched here. */
export function Machine() {
  const { t, view } = useBench();
  const { state } = view;
  if (!state) return null;
  return (
    <section class="machine" aria-label={t("machine.label")}>
      <CardReader state={state} />
      <Coins state={state} />
      <Printer state={state} />
      <Receipt state={state} />
    </section>
  );
}

interface Part {
  readonly state: BenchState;
}

function Light({ state, light }: Part & { readonly light: string }) {
  return <span class={state.cabinet.lights[light] ? "light on" : "light"} aria-hidden="true" />;
}

function Title({ state, light, name, unplugged }: Part & { light: string; name: string; unplugged: boolean }) {
  const { t } = useBench();
  return (
    <h2>
      <Light state={state} light={light} />
      {t(name)}
      {unplugged && <span class="badge bad">{t("unplugged")}</span>}
    </h2>
  );
}

function CardReader({ state }: Part) {
  const { t, view, language } = useBench();
  const { card } = state;
  const holder =
    card && view.citizens.find((c) => c.municipality === card.municipality && c.residentId === card.residentId);
  const city = view.setup?.municipalities.find((m) => m.code === card?.municipality)?.name[language];
  return (
    <div class="part reader">
      <Title state={state} light="card" name="reader.title" unplugged={!state.plugs.cardReader} />
      <div class="tray">
        {holder ? (
          <div class="idCard">
            <span class="idCity">{city}</span>
            <span class="idName" lang="ja">
              {holder.name}
            </span>
            <span class="idPin">{t("citizen.pin", { pin: holder.pin })}</span>
            <span class="idChip" aria-hidden="true" />
          </div>
        ) : (
          <div class="idPlace">{t("reader.empty")}</div>
        )}
      </div>
      <Act act="takeCard" method="takeCard" params={{}} disabled={!card}>
        {t("reader.take")}
      </Act>
    </div>
  );
}

function Coins({ state }: Part) {
  const { t } = useBench();
  const { coins } = state;
  const lying = worth(coins.tray);
  return (
    <div class="part coins">
      <Title state={state} light="coin" name="coins.title" unplugged={!state.plugs.coinVendor} />
      <div class={coins.slotOpen ? "slot open" : "slot"}>
        <span class="slit" aria-hidden="true" />
        <span>{t(coins.slotOpen ? "coins.open" : "coins.closed")}</span>
      </div>
      <div class="purse">
        {denominations.map((yen) => (
          <Act
            key={yen}
            act={`insertCoin:${yen}`}
            method="insertCoin"
            params={{ denomination: yen }}
            kind={`coin yen${yen}`}
            label={t("coins.insert", { yen })}
          >
            {yen}
          </Act>
        ))}
        <Act act="pressReturnLever" method="pressReturnLever" params={{}}>
          {t("coins.lever")}
        </Act>
      </div>
      <dl class="money">
        <div>
          <dt>{t("coins.escrow")}</dt>
          <dd data-count="escrow">{t("yen", { yen: worth(coins.escrow) })}</dd>
        </div>
        <div>
          <dt>{t("coins.cashBox")}</dt>
          <dd data-count="cashBox">{t("yen", { yen: worth(coins.cashBox) })}</dd>
        </div>
        {denominations.map((yen) => (
          <div key={yen} class={coins.jammed.includes(yen) || coins.hoppers[yen] === 0 ? "bad" : ""}>
            <dt>{t("coins.hopper", { yen })}</dt>
            <dd data-count={`hopper${yen}`}>{t("coins.count", { coins: coins.hoppers[yen] ?? 0 })}</dd>
          </div>
        ))}
      </dl>
      <div class={lying > 0 ? "cup full" : "cup"}>
        <Light state={state} light="change" />
        <span class="cupCoins" aria-hidden="true">
          {denominations.flatMap((yen) =>
            Array.from({ length: Math.min(6, coins.tray[yen] ?? 0) }, (_, i) => (
              <i key={`${yen}-${i}`} class={`smallCoin yen${yen}`} />
            )),
          )}
        </span>
        <span data-count="tray">{t("coins.tray", { yen: lying })}</span>
        <Act act="takeCoins" method="takeCoins" params={{}} disabled={lying === 0}>
          {t("coins.take")}
        </Act>
      </div>
    </div>
  );
}

function Printer({ state }: Part) {
  const { t } = useBench();
  const { printer, sheetsInTray } = state;
  return (
    <div class="part printer">
      <Title state={state} light="document" name="printer.title" unplugged={!state.plugs.certificatePrinter} />
      <PrinterPicture
        sheets={sheetsInTray}
        moving={printer.state === "processing"}
        stopped={printer.state === "stopped"}
      />
      <p class={printer.state === "stopped" ? "says bad" : "says"} data-count="sheets">
        {t(`printer.${printer.state}`)} · {t("printer.out", { sheets: sheetsInTray })} ·{" "}
        {t("printer.blank", { sheets: printer.fault === "mediaEmpty" ? 0 : printer.blankSheets })}
      </p>
      <Act act="takePaper" method="takePaper" params={{}} disabled={sheetsInTray === 0}>
        {t("printer.take")}
      </Act>
    </div>
  );
}

/** A picture: a box with a mouth, sheets on the tray above, blank paper below. */
function PrinterPicture({ sheets, moving, stopped }: { sheets: number; moving: boolean; stopped: boolean }) {
  const shown = Math.min(5, sheets);
  return (
    <svg class="picture" viewBox="0 0 200 96" aria-hidden="true">
      {Array.from({ length: shown }, (_, i) => (
        <g key={i} transform={`translate(${i * 3}, ${-i * 3})`}>
          <rect class="sheet" x="58" y="18" width="72" height="40" rx="1" />
          <path class="lines" d="M66 27h34M66 33h56M66 39h50M66 45h40" />
        </g>
      ))}
      <rect class="body" x="24" y="48" width="152" height="40" rx="6" />
      <rect class="mouth" x="46" y="52" width="108" height="5" rx="2" />
      <rect class="drawer" x="40" y="72" width="120" height="10" rx="2" />
      <circle class={stopped ? "lamp bad" : moving ? "lamp busy" : "lamp"} cx="164" cy="62" r="4" />
    </svg>
  );
}

function Receipt({ state }: Part) {
  const { t } = useBench();
  return (
    <div class="part receipt">
      <Title state={state} light="receipt" name="receipt.title" unplugged={!state.plugs.receiptPrinter} />
      <svg class="picture" viewBox="0 0 120 96" aria-hidden="true">
        <rect class="body" x="12" y="6" width="96" height="34" rx="6" />
        <rect class="mouth" x="28" y="28" width="64" height="5" rx="2" />
        {state.receiptInTray && (
          <g>
            <path class="sheet" d="M34 31h52v52l-4-3-5 3-5-3-5 3-5-3-5 3-5-3-5 3-5-3-4 3-4-3z" />
            <path class="lines" d="M42 42h36M42 49h28M42 56h32M42 63h22" />
          </g>
        )}
      </svg>
      <p class="says">{t(state.receiptInTray ? "receipt.there" : "receipt.none")}</p>
      <Act act="takeReceipt" method="takeReceipt" params={{}} disabled={!state.receiptInTray}>
        {t("receipt.take")}
      </Act>
    </div>
  );
}
