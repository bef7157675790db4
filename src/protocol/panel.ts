/**
 * The panel's language: what the touch panel shows (a view model, whole, with a revision) and what the citizen touches.
 * The kiosk sends `PanelView` on every change; the page sends `PanelTouch` with the revision it was drawn from, and stale
 * touches are dropped. Words are message keys of `ui/locales/<language>/panel.json` with parameters; only names of places
 * and what the municipality words itself come as text.
 */
export const languages = ["ja", "en"] as const;
export type Language = (typeof languages)[number];

/** A sentence of `ui/locales`: its key and what stands in its gaps. */
export interface Message {
  readonly key: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** What the citizen still has before the step times out. */
export interface RemainingTime {
  /** Milliseconds left at the moment this view was sent. */
  readonly leftMs: number;
  /** The warning is on: the page asks 「続けますか」. */
  readonly warning: boolean;
  readonly extendable: boolean;
}

/** One offered certificate as a button. */
export interface OfferButton {
  readonly kind: string;
  readonly title: string;
  readonly explanation: string;
  readonly hours: string;
  readonly feePerCopyYen: number;
  readonly selected: boolean;
}

export interface YesNoOption {
  readonly option: "headAndRelationship" | "domicile" | "myNumber";
  readonly value: boolean;
  readonly allowed: boolean;
}

export interface MemberButton {
  readonly ref: string;
  readonly name: string;
  readonly holder: boolean;
  readonly selected: boolean;
}

/** What lies somewhere and must be taken before the session ends. */
export type LeftThing = "card" | "document" | "change" | "receipt";

/** What happened to the money, said on every ending. */
export type MoneyOutcome =
  | { readonly money: "notTaken" }
  | { readonly money: "taken"; readonly yen: number }
  | { readonly money: "returned"; readonly yen: number }
  /** Some or all could not be proved to be returned: staff must help. */
  | { readonly money: "owed"; readonly yen: number };

export type PanelStep =
  | { readonly step: "outOfService"; readonly reason: Message }
  | {
      readonly step: "language";
      readonly languages: readonly Language[];
      readonly exactMoneyOnly: boolean;
      readonly noReceipt: boolean;
    }
  | { readonly step: "notice" }
  | { readonly step: "card"; readonly problem?: Message }
  | {
      readonly step: "municipality";
      readonly choices: readonly {
        code: string;
        name: string;
        prefecture: string;
        relations: readonly ("residence" | "domicile")[];
      }[];
    }
  | {
      readonly step: "pin";
      readonly digits: number;
      readonly triesLeft: number;
      readonly lastTry: boolean;
      readonly wrong: boolean;
    }
  | { readonly step: "authenticating"; readonly doing: Message }
  | { readonly step: "removeCard" }
  | { readonly step: "choose"; readonly municipality: string; readonly items: readonly OfferButton[] }
  | {
      readonly step: "options";
      readonly title: string;
      readonly scope: "household" | "self" | "members";
      readonly scopeAllowed: boolean;
      readonly members: readonly MemberButton[];
      readonly options: readonly YesNoOption[];
      readonly complete: boolean;
    }
  | {
      readonly step: "copies";
      readonly copies: number;
      readonly maxCopies: number;
      readonly feePerCopyYen: number;
      readonly feeYen: number;
    }
  | {
      readonly step: "confirm";
      readonly title: string;
      readonly municipality: string;
      readonly lines: readonly Message[];
      readonly members: readonly string[];
      readonly copies: number;
      readonly feeYen: number;
      readonly exactMoneyOnly: boolean;
    }
  | { readonly step: "preparing"; readonly doing: Message }
  /** The receipt printer cannot print: `proceed` goes on without a receipt, `cancel` ends; nothing was paid yet. */
  | { readonly step: "withoutReceipt"; readonly feeYen: number }
  | {
      readonly step: "pay";
      readonly feeYen: number;
      readonly insertedYen: number;
      readonly dueYen: number;
      readonly changeYen: number;
      readonly exactMoneyOnly: boolean;
      readonly doing?: Message;
    }
  | {
      readonly step: "printing";
      readonly doing: Message;
      readonly impressionsDone: number;
      readonly impressions: number;
      readonly copies: number;
    }
  | { readonly step: "receipt"; readonly doing: Message }
  | {
      readonly step: "takeEverything";
      readonly left: readonly LeftThing[];
      readonly alarm: boolean;
      readonly issued: boolean;
    }
  | {
      /** A refusal or a fault: what happened, whether money was taken, what to do next, and whom to ask. */
      readonly step: "ended";
      readonly reason: "cancelled" | "timedOut" | "refused" | "fault" | "contradiction";
      readonly code?: string;
      readonly what: Message;
      readonly moneyOutcome: MoneyOutcome;
      readonly next: Message;
      readonly ask: Message;
      readonly left: readonly LeftThing[];
    };

export type PanelStepName = PanelStep["step"];

/** Everything the page draws. */
export interface PanelView {
  readonly revision: number;
  readonly language: Language;
  readonly view: PanelStep;
  readonly canCancel: boolean;
  readonly canBack: boolean;
  readonly remaining?: RemainingTime;
}

/** What the citizen did, in the words of the step that is shown. */
export type Touch =
  | { readonly touch: "chooseLanguage"; readonly language: Language }
  | { readonly touch: "agree" }
  | { readonly touch: "chooseMunicipality"; readonly code: string; readonly relation: "residence" | "domicile" }
  | { readonly touch: "pinDigit"; readonly digit: number }
  | { readonly touch: "pinClear" }
  | { readonly touch: "pinEnter" }
  | { readonly touch: "selectCertificate"; readonly kind: string }
  | { readonly touch: "chooseScope"; readonly scope: "household" | "self" | "members" }
  | { readonly touch: "toggleMember"; readonly ref: string }
  | { readonly touch: "setOption"; readonly option: YesNoOption["option"]; readonly value: boolean }
  | { readonly touch: "setCopies"; readonly copies: number }
  /** 確定する: goes on from `choose`, `options`, `copies` and `confirm`. */
  | { readonly touch: "proceed" }
  | { readonly touch: "back" }
  /** 終了する */
  | { readonly touch: "cancel" }
  /** Answers the time-out's warning. */
  | { readonly touch: "extend" }
  /** Leaves the `ended` screen early. */
  | { readonly touch: "dismiss" };

export interface PanelTouch {
  readonly revision: number;
  readonly touch: Touch;
}
