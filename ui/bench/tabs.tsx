import { useState } from "preact/hooks";
import { useBench } from "./context.tsx";
import { Processes } from "./processes.tsx";
import { Receipts } from "./receipts.tsx";
import { Sheets } from "./sheets.tsx";
import { TimelineTab } from "./timeline.tsx";

const names = ["timeline", "sheets", "receipts", "processes"] as const;
type TabName = (typeof names)[number];
const tabs = { timeline: TimelineTab, sheets: Sheets, receipts: Receipts, processes: Processes };

/** What came of it: papers, what was said, and what runs. */
export function Tabs() {
  const { t, view } = useBench();
  const [chosen, setChosen] = useState<TabName>("timeline");
  const Chosen = tabs[chosen];
  const counts: Partial<Record<TabName, number>> = {
    sheets: Math.ceil((view.state?.sidesPrinted ?? 0) / 2),
    receipts: view.state?.receiptsKept ?? 0,
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = names[(names.indexOf(chosen) + step + names.length) % names.length] ?? chosen;
    setChosen(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <section class="tabs" aria-label={t("tabs.label")}>
      <div role="tablist" aria-label={t("tabs.label")}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            data-tab={name}
            aria-selected={name === chosen}
            aria-controls="tabpanel"
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => setChosen(name)}
            onKeyDown={move}
          >
            {t(`tab.${name}`)}
            {(counts[name] ?? 0) > 0 && <span class="count">{counts[name]}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tabpanel" aria-labelledby={`tab-${chosen}`} class="tabBody">
        <Chosen />
      </div>
    </section>
  );
}
