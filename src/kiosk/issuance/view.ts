import { optionalFields } from "../../protocol/certificates.ts";
import type { DirectoryReply } from "../../protocol/messages/kiosk.ts";
import {
  type Language,
  languages,
  type Message,
  type PanelStep,
  type PanelView,
  type RemainingTime,
} from "../../protocol/panel.ts";
import { changeDueYen, chosenOffer, copiesIn, type FlowContext, feeYen, optionsComplete } from "./flow/context.ts";
import type { FlowState } from "./flow/flow.ts";
import { endingView } from "./view-ending.ts";
import type { Workspace } from "./workspace.ts";

/** What a view is drawn from. Names and the municipality's own words come from the workspace, everything else from the flow. */
export interface ViewSource {
  readonly state: FlowState;
  readonly workspace: Workspace | undefined;
  readonly directory: DirectoryReply | undefined;
  readonly remaining: RemainingTime | undefined;
}

type Drawn = Omit<PanelView, "revision">;

/** The whole view of a state. */
export function panelView(source: ViewSource): Drawn {
  const { state, remaining } = source;
  const c = state.context;
  return {
    language: c.language,
    view: stepOf(source),
    canCancel: CANCEL.some((path) => at(state, path)),
    canBack: BACK.some((path) => at(state, path)),
    ...(remaining ? { remaining } : {}),
  };
}

const CANCEL = ["session.asking", "session.paying.collecting", "session.printing.paper.interrupted"];
const BACK = ["session.asking.pin", "session.asking.options", "session.asking.copies", "session.asking.confirm"];

/** Whether the state is within a path of the chart. */
export function at(state: FlowState, path: string): boolean {
  let value: unknown = state.value;
  for (const part of path.split(".")) {
    if (value === part) return true;
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return false;
    value = (value as Record<string, unknown>)[part];
  }
  return true;
}

type Draw = (c: FlowContext, source: ViewSource) => PanelStep;

/** Each path of the chart and what it shows; the first that fits. Every leaf of the chart is covered (see the test). */
const steps: readonly (readonly [path: string, draw: Draw])[] = [
  ["idle.welcome", (c) => ({ step: "language", languages, exactMoneyOnly: c.exactMoneyOnly, noReceipt: c.noReceipt })],
  [
    "idle.outOfService",
    (c) => ({ step: "outOfService", reason: say("outOfService.reason", { code: c.outOfServiceCode ?? "" }) }),
  ],
  ["session.asking.notice", () => ({ step: "notice" })],
  [
    "session.asking.card",
    (c) => {
      const problem = readerAway(c) ? "reader" : c.cardProblem;
      return { step: "card", ...(problem ? { problem: say(`card.problem.${problem}`) } : {}) };
    },
  ],
  [
    "session.asking.municipality",
    (c, s) => ({ step: "municipality", choices: municipalities(c.language, s.directory) }),
  ],
  ["session.asking.pin", pin],
  ["session.asking.authenticating", () => ({ step: "authenticating", doing: say("authenticating.card") })],
  ["session.asking.leavingCard.card.on", () => ({ step: "removeCard" })],
  ["session.asking.leavingCard", () => ({ step: "authenticating", doing: say("authenticating.municipality") })],
  ["session.asking.choose", choose],
  ["session.asking.options", options],
  ["session.asking.copies", copies],
  ["session.asking.confirm", confirm],
  ["session.asking.preparing.requesting", () => preparing("requesting")],
  ["session.asking.preparing.interrupted", () => preparing("interrupted")],
  ["session.asking.preparing.composing", () => preparing("composing")],
  ["session.asking.preparing", () => preparing("checking")],
  ["session.asking.withoutReceipt", (c) => ({ step: "withoutReceipt", feeYen: feeYen(c) })],
  ["session.paying.opening", (c) => pay(c, "opening")],
  ["session.paying.collecting", (c) => pay(c)],
  ["session.paying.closing", (c) => pay(c, "closing")],
  ["session.paying.noChange", (c) => pay(c, "noChange")],
  ["session.paying.accepting", (c) => pay(c, "accepting")],
  ["session.returning", (c) => pay(c, "returning")],
  ["session.printing.paper.interrupted", (c) => printing(c, waitingFor(c))],
  // While it is sent again the words stay: the view does not flicker.
  ["session.printing.paper.submitting", (c) => printing(c, c.paperCode === null ? "printing" : waitingFor(c))],
  ["session.printing.paper.settling", (c) => printing(c, c.paperCode === null ? "printing" : "held")],
  ["session.printing.paper.finished", (c) => printing(c, "change")],
  ["session.printing", (c) => printing(c, "printing")],
  ["session.refunding", (c) => printing(c, "refunding")],
  ["session.receipt", () => ({ step: "receipt", doing: say("receipt.printing") })],
  ["session.takeEverything", takeEverything],
  ["session.ended", endingView],
  ["session.finishing", (c) => (c.ending ? endingView(c) : takeEverything(c))],
];

function stepOf(source: ViewSource): PanelStep {
  const found = steps.find(([path]) => at(source.state, path));
  if (!found) throw new Error("a state without a view");
  return found[1](source.state.context, source);
}

/** Nothing but the reader speaks of cards: while it is away, no card can be put right. */
function readerAway(c: FlowContext): boolean {
  return !c.serviceable && (c.outOfServiceCode?.startsWith("K-CARD-") ?? false);
}

function say(key: string, params?: Message["params"]): Message {
  return params ? { key, params } : { key };
}

function municipalities(language: Language, directory: DirectoryReply | undefined) {
  return (directory?.municipalities ?? []).map((m) => ({
    code: m.code,
    name: m.name[language],
    prefecture: m.prefecture[language],
    relations: m.relations,
  }));
}

function municipalityName(c: FlowContext, directory: DirectoryReply | undefined): string {
  return directory?.municipalities.find((m) => m.code === c.municipality)?.name[c.language] ?? "";
}

function pin(c: FlowContext): PanelStep {
  return {
    step: "pin",
    digits: c.pinDigits,
    triesLeft: c.triesLeft,
    lastTry: c.triesLeft === 1,
    wrong: c.pinWrong,
  };
}

function offerItem(workspace: Workspace | undefined, kind: string | null) {
  return workspace?.offer?.reveal().items.find((item) => item.kind === kind);
}

function choose(c: FlowContext, { workspace, directory }: ViewSource): PanelStep {
  const items = workspace?.offer?.reveal().items ?? [];
  return {
    step: "choose",
    municipality: municipalityName(c, directory),
    items: items.map((item) => ({
      kind: item.kind,
      title: item.title[c.language],
      explanation: item.explanation[c.language],
      hours: item.hours[c.language],
      feePerCopyYen: item.feePerCopyYen,
      selected: item.kind === c.kind,
    })),
  };
}

function options(c: FlowContext, { workspace }: ViewSource): PanelStep {
  const terms = chosenOffer(c);
  const members = workspace?.offer?.reveal().members ?? [];
  return {
    step: "options",
    title: offerItem(workspace, c.kind)?.title[c.language] ?? "",
    scope: c.scope,
    scopeAllowed: terms?.scope ?? false,
    members: members.map((m) => ({ ...m, selected: c.chosenMembers.includes(m.ref) })),
    options: optionalFields.map((option) => ({
      option,
      value: c.fields.includes(option),
      allowed: terms?.fields.includes(option) ?? false,
    })),
    complete: optionsComplete(c),
  };
}

function copies(c: FlowContext): PanelStep {
  const terms = chosenOffer(c);
  return {
    step: "copies",
    copies: c.copies,
    maxCopies: terms?.maxCopies ?? 1,
    feePerCopyYen: terms?.feePerCopyYen ?? 0,
    feeYen: feeYen(c),
  };
}

function confirm(c: FlowContext, { workspace, directory }: ViewSource): PanelStep {
  const members = workspace?.offer?.reveal().members ?? [];
  const named = c.kind === "resident-record" && c.scope === "members" ? c.chosenMembers : [];
  return {
    step: "confirm",
    title: offerItem(workspace, c.kind)?.title[c.language] ?? "",
    municipality: municipalityName(c, directory),
    lines: confirmedLines(c),
    members: members.filter((m) => named.includes(m.ref)).map((m) => m.name),
    copies: c.copies,
    feeYen: feeYen(c),
    exactMoneyOnly: c.exactMoneyOnly,
  };
}

function confirmedLines(c: FlowContext): Message[] {
  if (c.kind !== "resident-record") return [say("confirm.holderOnly")];
  return [
    say(`confirm.scope.${c.scope}`),
    ...optionalFields.map((field) => say(`confirm.${field}.${c.fields.includes(field) ? "yes" : "no"}`)),
  ];
}

function preparing(doing: string): PanelStep {
  return { step: "preparing", doing: say(`preparing.${doing}`) };
}

function pay(c: FlowContext, doing?: string): PanelStep {
  const { insertedYen } = c.money;
  return {
    step: "pay",
    feeYen: feeYen(c),
    insertedYen,
    dueYen: Math.max(0, feeYen(c) - insertedYen),
    changeYen: changeDueYen(c),
    exactMoneyOnly: c.exactMoneyOnly,
    ...(doing ? { doing: say(`pay.${doing}`) } : {}),
  };
}

function waitingFor(c: FlowContext): string {
  return c.paperCode === "K-PRINT-103" ? "busy" : "attention";
}

function printing(c: FlowContext, doing: string): PanelStep {
  return {
    step: "printing",
    doing: say(`printing.${doing}`),
    impressionsDone: c.documents.reduce((sum, d) => sum + d.impressions, 0),
    impressions: c.documents.reduce((sum, d) => sum + 2 * d.pages, 0),
    copies: c.copies,
  };
}

function takeEverything(c: FlowContext): PanelStep {
  return {
    step: "takeEverything",
    left: c.left,
    alarm: c.warning && c.left.length > 0,
    issued: copiesIn(c, "done") > 0,
  };
}
