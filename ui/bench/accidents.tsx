import type {
  BenchCoinFault,
  BenchPlug,
  BenchPrinterFault,
  BenchReceiptFault,
  BenchState,
  BenchSwitch,
} from "../../src/town/bench/protocol.ts";
import { Choices } from "./chips.tsx";
import { Act, useBench } from "./context.tsx";

const printerFaults = [
  "none",
  "mediaEmpty",
  "mediaJam",
  "doorOpen",
  "tonerEmpty",
  "busy",
  "stopped",
  "refuseFormat",
] as const satisfies readonly BenchPrinterFault[];
const receiptFaults = [
  "none",
  "paperNearEnd",
  "paperEnd",
  "coverOpen",
  "cutterBlocked",
] as const satisfies readonly BenchReceiptFault[];
const coinFaults = ["none", "pathBlocked", "escrowStuck"] as const satisfies readonly BenchCoinFault[];
const plugs = [
  "coinVendor",
  "receiptPrinter",
  "cabinet",
  "certificatePrinter",
  "cardReader",
] as const satisfies readonly BenchPlug[];
const switches = ["serviceDoorOpen", "cashBoxOpen", "tampered", "upsLow"] as const satisfies readonly BenchSwitch[];
const denominations = [10, 50, 100, 500] as const;

/** Everything that can go wrong, and how to make it good again. */
export function Accidents() {
  const { t, view, language } = useBench();
  const { state, setup } = view;
  if (!state || !setup) return null;
  const count = accidentsOf(state);
  return (
    <section class="accidents" aria-label={t("accidents.label")}>
      <div class="accidentsHead">
        <h2>{t("accidents.label")}</h2>
        <span class={count === 0 ? "badge good" : "badge bad"} data-count="accidents">
          {count === 0 ? t("accidents.none") : t("accidents.some", { count })}
        </span>
        {count > 0 && <MendAll state={state} />}
      </div>
      <div class="accidentsBody">
        <Choices
          legend={t("printer.title")}
          method="printerFault"
          choices={printerFaults.map((fault) => ({
            act: `printerFault:${fault}`,
            params: { fault },
            word: `printerFault.${fault}`,
            on: state.printer.fault === fault,
            fine: fault === "none",
          }))}
        />
        <Choices
          legend={t("receipt.title")}
          method="receiptFault"
          choices={receiptFaults.map((fault) => ({
            act: `receiptFault:${fault}`,
            params: { fault },
            word: `receiptFault.${fault}`,
            on: state.receiptPrinter.fault === fault,
            fine: fault === "none",
          }))}
        />
        <Choices
          legend={t("coins.title")}
          method="coinFault"
          choices={coinFaults.map((fault) => ({
            act: `coinFault:${fault}`,
            params: { fault },
            word: `coinFault.${fault}`,
            on: state.coins.fault === fault,
            fine: fault === "none",
          }))}
        />
        {plugs.map((device) => (
          <Choices
            key={device}
            short
            legend={t(`plug.${device}`)}
            method="plug"
            choices={[true, false].map((connected) => ({
              act: `plug:${device}:${connected ? "on" : "off"}`,
              params: { device, connected },
              word: connected ? "plug.on" : "plug.off",
              on: state.plugs[device] === connected,
              fine: connected,
            }))}
          />
        ))}
        {switches.map((name) => (
          <Choices
            key={name}
            short
            legend={t(`switch.${name}`)}
            method="cabinetSwitch"
            choices={[false, true].map((on) => ({
              act: `cabinetSwitch:${name}:${on ? "on" : "off"}`,
              params: { name, on },
              word: `switch.${name}.${on ? "on" : "off"}`,
              on: state.cabinet.switches[name] === on,
              fine: !on,
            }))}
          />
        ))}
        <ResetBoard />
        <Choices
          legend={t("ocsp.title")}
          method="ocsp"
          choices={(["normal", "unreachable"] as const).map((answer) => ({
            act: `ocsp:${answer}`,
            params: { answer },
            word: `ocsp.${answer}`,
            on: state.ocsp === answer,
            fine: answer === "normal",
          }))}
        />
        {setup.municipalities.map(({ code, name }) => (
          <Choices
            key={code}
            legend={t("lie.title", { city: name[language] })}
            method="lie"
            choices={setup.lies.map((lie) => ({
              act: `lie:${code}:${lie}`,
              params: { municipality: code, lie },
              word: `lie.${lie}`,
              on: (state.lies[code] ?? "none") === lie,
              fine: lie === "none",
            }))}
          />
        ))}
        {denominations.map((denomination) => (
          <HopperChoices key={denomination} denomination={denomination} state={state} />
        ))}
      </div>
    </section>
  );
}

function HopperChoices({ denomination, state }: { denomination: (typeof denominations)[number]; state: BenchState }) {
  const { t } = useBench();
  const jammed = state.coins.jammed.includes(denomination);
  const empty = (state.coins.hoppers[denomination] ?? 0) === 0;
  return (
    <Choices
      legend={t("hopper.title", { yen: denomination })}
      method="hopper"
      choices={(["refill", "empty", "clear", "jam"] as const).map((action) => ({
        act: `hopper:${denomination}:${action}`,
        params: { denomination, action },
        word: `hopper.${action}`,
        on: { refill: !empty, empty, clear: !jammed, jam: jammed }[action],
        fine: action === "refill" || action === "clear",
      }))}
    />
  );
}

/** The button on the I/O board: its outputs go dark and come back when the kiosk has said them again. */
function ResetBoard() {
  const { t } = useBench();
  return (
    <fieldset class="choices short">
      <legend>{t("board.title")}</legend>
      <div class="chips">
        <Act act="resetBoard" method="resetBoard" params={{}} kind="chip fine">
          {t("board.reset")}
        </Act>
      </div>
    </fieldset>
  );
}

/** How many things are not as they should be. */
function accidentsOf(state: BenchState): number {
  return [
    state.printer.fault !== "none",
    state.receiptPrinter.fault !== "none",
    state.coins.fault !== "none",
    ...denominations.map((yen) => state.coins.jammed.includes(yen)),
    ...denominations.map((yen) => (state.coins.hoppers[yen] ?? 0) === 0),
    ...plugs.map((device) => !state.plugs[device]),
    ...switches.map((name) => state.cabinet.switches[name]),
    state.ocsp !== "normal",
    ...Object.values(state.lies).map((lie) => lie !== "none"),
    ...state.processes.map((process) => process.state !== "running"),
  ].filter(Boolean).length;
}

function MendAll({ state }: { readonly state: BenchState }) {
  const { t, bench } = useBench();
  const mend = async () => {
    await bench.call("printerFault", { fault: "none" });
    await bench.call("receiptFault", { fault: "none" });
    await bench.call("coinFault", { fault: "none" });
    await bench.call("ocsp", { answer: "normal" });
    for (const device of plugs) await bench.call("plug", { device, connected: true });
    for (const name of switches) await bench.call("cabinetSwitch", { name, on: false });
    for (const denomination of denominations) {
      await bench.call("hopper", { denomination, action: "clear" });
      await bench.call("hopper", { denomination, action: "refill" });
    }
    for (const municipality of Object.keys(state.lies)) await bench.call("lie", { municipality, lie: "none" });
    for (const { name, state: how } of state.processes) {
      if (how !== "running") await bench.call("process", { name, action: "start" });
    }
  };
  return (
    <button type="button" class="button" data-do="mendAll" onClick={() => void mend()}>
      {t("accidents.mendAll")}
    </button>
  );
}
