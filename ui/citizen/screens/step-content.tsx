import type { PanelView } from "../../../src/protocol/panel.ts";
import { Authenticating, PutCard, TakeCard } from "./card.tsx";
import { Choose } from "./choose.tsx";
import { Confirm, Copies, WithoutReceipt } from "./confirm.tsx";
import { Ended } from "./ended.tsx";
import type { HeadingRef } from "./heading.tsx";
import { MunicipalityChoice } from "./municipality.tsx";
import { Options } from "./options.tsx";
import { Pay } from "./pay.tsx";
import { Pin } from "./pin.tsx";
import { TakeEverything } from "./take-everything.tsx";
import { Preparing, Printing, ReceiptPrinting } from "./waiting.tsx";
import { LanguageChoice, Notice, OutOfService } from "./welcome.tsx";

/** The screen of each step. */
export function StepContent({ view, heading }: { readonly view: PanelView; readonly heading: HeadingRef }) {
  const step = view.view;
  switch (step.step) {
    case "outOfService":
      return <OutOfService step={step} heading={heading} />;
    case "language":
      return <LanguageChoice step={step} heading={heading} />;
    case "notice":
      return <Notice step={step} heading={heading} />;
    case "card":
      return <PutCard step={step} heading={heading} />;
    case "municipality":
      return <MunicipalityChoice step={step} heading={heading} />;
    case "pin":
      return <Pin step={step} heading={heading} />;
    case "authenticating":
      return <Authenticating step={step} heading={heading} />;
    case "removeCard":
      return <TakeCard step={step} heading={heading} />;
    case "choose":
      return <Choose step={step} heading={heading} />;
    case "options":
      return <Options step={step} heading={heading} />;
    case "copies":
      return <Copies step={step} heading={heading} />;
    case "confirm":
      return <Confirm step={step} heading={heading} />;
    case "preparing":
      return <Preparing step={step} heading={heading} />;
    case "withoutReceipt":
      return <WithoutReceipt step={step} heading={heading} />;
    case "pay":
      return <Pay step={step} heading={heading} />;
    case "printing":
      return <Printing step={step} heading={heading} />;
    case "receipt":
      return <ReceiptPrinting step={step} heading={heading} />;
    case "takeEverything":
      return <TakeEverything step={step} heading={heading} />;
    case "ended":
      return <Ended step={step} heading={heading} />;
  }
}
