import type { DirectoryReply } from "../../protocol/messages/kiosk.ts";
import type { Touch } from "../../protocol/panel.ts";
import type { CitizenEvent } from "./flow/events.ts";

/**
 * A touch in the flow's words; undefined when it names something that was not on the panel. The digit of a PIN stays
 * behind: the flow only counts it.
 */
export function citizenEvent(
  touch: Touch,
  around: { readonly directory: DirectoryReply | undefined; readonly newSessionId: () => string },
): CitizenEvent | undefined {
  switch (touch.touch) {
    case "chooseLanguage":
      return { type: "chooseLanguage", language: touch.language, sessionId: around.newSessionId() };
    case "chooseMunicipality": {
      const entry = around.directory?.municipalities.find((m) => m.code === touch.code);
      if (!entry?.relations.includes(touch.relation)) return undefined;
      return { type: "chooseMunicipality", municipality: touch.code, relation: touch.relation };
    }
    case "pinDigit":
      return { type: "pinDigit" };
    case "selectCertificate":
      return { type: "selectCertificate", kind: touch.kind };
    case "chooseScope":
      return { type: "chooseScope", scope: touch.scope };
    case "toggleMember":
      return { type: "toggleMember", ref: touch.ref };
    case "setOption":
      return { type: "setOption", option: touch.option, value: touch.value };
    case "setCopies":
      return { type: "setCopies", copies: touch.copies };
    default:
      return { type: touch.touch };
  }
}
