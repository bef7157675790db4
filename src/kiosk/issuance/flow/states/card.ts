import type { CardKind } from "../../../../../devices/card-reader/port.ts";
import { again, begin, chart, effect, effectOf, extend, given, on, set, told } from "../chart.ts";
import { type CardProblem, cardProblemOf, endingOf, PIN_DIGITS } from "../context.ts";
import { giveUp } from "./give-up.ts";

const cardLight = effect({ effect: "lights", on: ["card"] });
const cardGivenUp = [
  effect({ effect: "abort", scope: "card" }),
  effect({ effect: "clearPin" }),
  effect({ effect: "releaseCard" }),
];
const cardMoved = {
  target: "#flow.session.asking.card",
  actions: [
    set({ cardPresent: false, cardLeftBehind: false, cardProblem: "moved", pinDigits: 0, pinWrong: false }),
    ...cardGivenUp,
  ],
} as const;
/** The connection to the card broke; for whatever reason, it must be put on again. */
const cardBroke = {
  target: "#flow.session.asking.card.takeOff",
  actions: [
    on("cardFailed", (_, e) => ({ cardProblem: cardProblemOf(e.code), pinDigits: 0, pinWrong: false })),
    ...cardGivenUp,
  ],
} as const;

const problemOf = (kind: CardKind): CardProblem => (kind === "myNumberCard" ? "unreadable" : kind);

/** A card is wanted, read for its kind and tries left, and refused with its own words when it is another kind. */
export const card = chart.createStateConfig({
  initial: "looking",
  entry: [...begin("card"), cardLight],
  on: { ...extend("card") },
  states: {
    looking: {
      always: [
        {
          guard: given("a card of an earlier session", (c) => c.cardPresent && c.cardLeftBehind),
          target: "takeOff",
          actions: set({ cardProblem: "left" }),
        },
        { guard: given("card on the reader", (c) => c.cardPresent), target: "identifying" },
        { target: "waiting" },
      ],
    },
    waiting: {
      on: { cardPlaced: { target: "identifying", actions: [set({ cardPresent: true }), ...again("card")] } },
    },
    identifying: {
      entry: [set({ cardProblem: null }), effect({ effect: "identifyCard" })],
      on: {
        cardTaken: cardMoved,
        cardIdentified: [
          {
            guard: told("another kind of card", "cardIdentified", (_, e) => e.kind !== "myNumberCard"),
            target: "takeOff",
            actions: [
              on("cardIdentified", (_, e) => ({ cardProblem: problemOf(e.kind) })),
              effect({ effect: "releaseCard" }),
            ],
          },
          {
            guard: told("no tries left", "cardIdentified", (_, e) => e.triesLeft === 0),
            target: "#flow.session.ended",
            actions: [set({ ending: endingOf("K-KIOSK-104") }), ...giveUp],
          },
          { target: "identified", actions: on("cardIdentified", (_, e) => ({ triesLeft: e.triesLeft })) },
        ],
        cardFailed: {
          target: "takeOff",
          actions: [
            on("cardFailed", (_, e) => ({ cardProblem: cardProblemOf(e.code) })),
            effect({ effect: "releaseCard" }),
          ],
        },
      },
    },
    identified: {
      always: {
        guard: given("directory is here", (c) => c.directoryReady),
        target: "#flow.session.asking.municipality",
      },
      on: { cardTaken: cardMoved },
    },
    takeOff: {
      always: { guard: given("card is off", (c) => !c.cardPresent), target: "waiting" },
      on: {
        cardTaken: {
          target: "waiting",
          actions: [set({ cardPresent: false, cardLeftBehind: false }), ...again("card")],
        },
      },
    },
  },
});

export const municipality = chart.createStateConfig({
  entry: [...begin("municipality")],
  on: {
    cardTaken: cardMoved,
    ...extend("municipality"),
    chooseMunicipality: {
      target: "pin",
      actions: on("chooseMunicipality", (_, e) => ({ municipality: e.municipality, relation: e.relation })),
    },
  },
});

/** Four digits, one at a time. The digits go to the workspace; here they are only counted. */
export const pin = chart.createStateConfig({
  entry: [...begin("pin"), set({ pinDigits: 0 }), effect({ effect: "clearPin" })],
  on: {
    cardTaken: cardMoved,
    ...extend("pin"),
    back: { target: "municipality", actions: [set({ pinDigits: 0 }), effect({ effect: "clearPin" })] },
    pinDigit: {
      guard: given("room for a digit", (c) => c.pinDigits < PIN_DIGITS),
      actions: [
        effect({ effect: "keepDigit" }),
        set((c) => ({ pinDigits: c.pinDigits + 1, pinWrong: false })),
        ...again("pin"),
      ],
    },
    pinClear: { actions: [effect({ effect: "clearPin" }), set({ pinDigits: 0 }), ...again("pin")] },
    pinEnter: { guard: given("four digits", (c) => c.pinDigits === PIN_DIGITS), target: "authenticating" },
  },
});

/** PIN, certificate, signature A and the four items; the card is let go before the completion. */
export const authenticating = chart.createStateConfig({
  entry: [
    ...begin("authenticating"),
    effectOf((c) => ({ effect: "authenticate", municipality: c.municipality ?? "", relation: c.relation })),
  ],
  on: {
    cardTaken: cardMoved,
    authenticated: {
      target: "leavingCard",
      actions: [
        on("authenticated", (_, e) => ({ requestId: e.requestId, pinDigits: 0, pinWrong: false })),
        effect({ effect: "clearPin" }),
      ],
    },
    pinWrong: [
      {
        guard: told("no tries left", "pinWrong", (_, e) => e.triesLeft === 0),
        target: "#flow.session.ended",
        actions: [set({ ending: endingOf("K-KIOSK-104") }), ...giveUp],
      },
      { target: "pin", actions: on("pinWrong", (_, e) => ({ triesLeft: e.triesLeft, pinWrong: true })) },
    ],
    pinBlocked: {
      target: "#flow.session.ended",
      actions: [set({ ending: endingOf("K-KIOSK-104") }), ...giveUp],
    },
    cardFailed: cardBroke,
    authenticationFailed: {
      target: "#flow.session.ended",
      actions: [on("authenticationFailed", (_, e) => ({ ending: endingOf(e.code) })), ...giveUp],
    },
    timeOver: {
      target: "#flow.session.ended",
      actions: [set({ ending: endingOf("K-KIOSK-119") }), ...giveUp],
    },
  },
});

/** Two things at once: the citizen takes the card off, and the municipality is asked. Nothing goes on before both. */
export const leavingCard = chart.createStateConfig({
  type: "parallel",
  entry: [...begin("removeCard"), cardLight],
  exit: [effect({ effect: "lights", on: [] })],
  onDone: [
    {
      guard: given("nothing offered", (c) => c.offers.length === 0),
      target: "#flow.session.ended",
      actions: [set({ ending: endingOf("K-KIOSK-105") }), ...giveUp],
    },
    { target: "choose" },
  ],
  on: {
    ...extend("removeCard"),
    applyFailed: {
      target: "#flow.session.ended",
      actions: [on("applyFailed", (_, e) => ({ ending: endingOf(e.code) })), ...giveUp],
    },
  },
  states: {
    card: {
      initial: "on",
      states: {
        on: {
          always: { guard: given("card is off", (c) => !c.cardPresent), target: "off" },
          on: { cardTaken: { target: "off", actions: set({ cardPresent: false }) } },
        },
        off: { type: "final" },
      },
    },
    offer: {
      initial: "asked",
      states: {
        asked: {
          entry: effectOf((c) => ({ effect: "apply", requestId: c.requestId ?? "" })),
          on: {
            offered: [
              {
                guard: told("another request", "offered", (c, e) => e.requestId !== c.requestId),
                target: "#flow.session.ended",
                actions: [set({ ending: endingOf("K-KIOSK-122") }), ...giveUp],
              },
              {
                target: "answered",
                actions: on("offered", (_, e) => ({ offers: e.offers, members: e.members })),
              },
            ],
          },
        },
        answered: { type: "final" },
      },
    },
  },
});
