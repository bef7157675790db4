import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { TimelineEntry } from "../../src/town/bench/protocol.ts";
import { useBench } from "./context.tsx";

const kinds = ["journal", "event", "wire"] as const;
type Kind = (typeof kinds)[number];
/** Rows that are drawn; older ones are found by the search, which looks through all that the bench keeps. */
const MAX_ROWS = 250;
/** So near to the end counts as looking at the newest. */
const NEAR_PX = 24;

/** What happened, the newest at the bottom. */
export function TimelineTab() {
  const { t, view } = useBench();
  const [off, setOff] = useState<readonly Kind[]>([]);
  const [source, setSource] = useState("");
  const [words, setWords] = useState("");
  const [paused, setPaused] = useState<readonly TimelineEntry[]>();
  const entries = paused ?? view.entries;
  const sources = useMemo(() => [...new Set(entries.map((entry) => entry.source))].sort(), [entries]);
  const shown = useMemo(
    () =>
      entries
        .filter(
          (entry) =>
            !off.includes(entry.kind) &&
            (source === "" || entry.source === source) &&
            (words === "" || wordsOf(entry).includes(words.toLowerCase())),
        )
        .slice(-MAX_ROWS),
    [entries, off, source, words],
  );
  const list = useRef<HTMLOListElement>(null);
  const follow = useRef(true);
  const newest = shown.at(-1)?.seq;
  useEffect(() => {
    const { current } = list;
    if (newest !== undefined && current && follow.current) current.scrollTop = current.scrollHeight;
  }, [newest]);
  return (
    <div class="timeline">
      <div class="filters">
        {kinds.map((kind) => (
          <button
            key={kind}
            type="button"
            class={`chip kind ${kind}`}
            data-kind={kind}
            aria-pressed={!off.includes(kind)}
            onClick={() => setOff(off.includes(kind) ? off.filter((one) => one !== kind) : [...off, kind])}
          >
            {t(`timeline.${kind}`)}
          </button>
        ))}
        <select
          aria-label={t("timeline.source")}
          value={source}
          onChange={(event) => setSource(event.currentTarget.value)}
        >
          <option value="">{t("timeline.everything")}</option>
          {sources.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <input
          type="search"
          aria-label={t("timeline.search")}
          placeholder={t("timeline.search")}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <button
          type="button"
          class="chip fine"
          data-do="pauseTimeline"
          aria-pressed={paused !== undefined}
          onClick={() => setPaused(paused ? undefined : view.entries)}
        >
          {t(paused ? "timeline.goOn" : "timeline.pause")}
        </button>
      </div>
      {shown.length === 0 && <p class="says">{t("timeline.none")}</p>}
      <ol
        class="rows"
        ref={list}
        aria-label={t("tab.timeline")}
        onScroll={({ currentTarget: at }) => {
          follow.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX;
        }}
      >
        {shown.map((entry) => (
          <Row key={entry.seq} entry={entry} />
        ))}
      </ol>
    </div>
  );
}

function Row({ entry }: { readonly entry: TimelineEntry }) {
  const [open, setOpen] = useState(false);
  return (
    <li class={`row ${entry.kind} ${entry.level}`} data-kind={entry.kind} data-seq={entry.seq} data-name={entry.name}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <time dateTime={new Date(entry.atMs).toISOString()}>{clockOf(entry.atMs)}</time>
        <span class="from">{entry.source}</span>
        <span class="what">{entry.name}</span>
        <span class="gist">{gist(entry.detail)}</span>
      </button>
      {open && <pre>{JSON.stringify(entry.detail, undefined, 2)}</pre>}
    </li>
  );
}

function clockOf(atMs: number): string {
  const at = new Date(atMs);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** The values of the detail in one line. */
function gist(detail: TimelineEntry["detail"]): string {
  const flat = Object.entries(detail).flatMap(([key, value]) =>
    key === "session" || key === "sessionId"
      ? []
      : typeof value === "object" && value !== null
        ? Object.entries(value).map(([inner, one]) => part(inner, one))
        : [part(key, value)],
  );
  return flat.filter((one) => one !== "").join("  ");
}

function part(key: string, value: unknown): string {
  if (value === "" || value === undefined || value === null) return "";
  return `${key}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`;
}

function wordsOf(entry: TimelineEntry): string {
  return `${entry.source} ${entry.name} ${JSON.stringify(entry.detail)}`.toLowerCase();
}
