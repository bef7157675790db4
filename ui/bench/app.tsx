import { useEffect, useMemo, useState } from "preact/hooks";
import en from "../locales/en/bench.json";
import ja from "../locales/ja/bench.json";
import { loadWords } from "../web/words.ts";
import { Accidents } from "./accidents.tsx";
import { Citizens } from "./citizens.tsx";
import type { Bench } from "./connection.ts";
import { type Language, Surround, useBench, useView } from "./context.tsx";
import { guideKey } from "./guide.ts";
import { KioskFrame } from "./kiosk-frame.tsx";
import { Machine } from "./machine.tsx";
import { Tabs } from "./tabs.tsx";

const LANGUAGE_KEY = "madoguchi.bench.language";

/** The bench: the panel, the machine with the people in front of it, and everything behind it. */
export function App({ bench }: { readonly bench: Bench }) {
  const view = useView(bench);
  const [language, setLanguage] = useState<Language>(localStorage.getItem(LANGUAGE_KEY) === "en" ? "en" : "ja");
  const t = useMemo(() => loadWords({ ja, en }, language).t, [language]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = t("title");
    localStorage.setItem(LANGUAGE_KEY, language);
  }, [language, t]);
  return (
    <Surround value={{ bench, view, language, t }}>
      <Header setLanguage={setLanguage} />
      {view.setup && view.state ? (
        <main class="page">
          <KioskFrame />
          <div class="middle">
            <Machine />
            <Citizens />
          </div>
          <div class="right">
            <Accidents />
            <Tabs />
          </div>
        </main>
      ) : (
        <main class="waiting">{t("connecting")}</main>
      )}
      <Refusal />
    </Surround>
  );
}

function Header({ setLanguage }: { readonly setLanguage: (language: Language) => void }) {
  const { t, language, view } = useBench();
  const hint = guideKey(view);
  return (
    <header class="header">
      <h1>
        <span class="mark" aria-hidden="true">
          {t("mark")}
        </span>
        {t("title")}
      </h1>
      <p class="guide" data-guide={hint} aria-live="polite">
        <span class="guideLabel">{t("guide.label")}</span>
        {t(view.connected ? hint : "connecting")}
      </p>
      <fieldset class="languages">
        <legend class="unseen">{t("language")}</legend>
        {(["ja", "en"] as const).map((one) => (
          <button
            key={one}
            type="button"
            lang={one}
            data-language={one}
            aria-pressed={one === language}
            onClick={() => setLanguage(one)}
          >
            {t(`language.${one}`)}
          </button>
        ))}
      </fieldset>
    </header>
  );
}

function Refusal() {
  const { bench, t, view } = useBench();
  if (!view.refused) return null;
  return (
    <div class="refusal" role="alert">
      <span>{t("refused")}</span>
      <code>
        {view.refused.code} {view.refused.detail}
      </code>
      <button type="button" class="button" onClick={() => bench.forgetRefusal()}>
        {t("close")}
      </button>
    </div>
  );
}
