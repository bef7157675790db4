import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import en from "../locales/en/inquiry.json";
import ja from "../locales/ja/inquiry.json";
import { loadWords } from "../web/words.ts";
import { PROTECTIONS, useAddress } from "./address.ts";
import { ScanAnswer } from "./answer.tsx";
import { Giving } from "./giving.tsx";
import { Protections, ProtectionsLink } from "./protections.tsx";
import { after, askedAgain, newScan, type Scan, send } from "./scans.ts";
import { type Language, Words } from "./words.ts";

const LANGUAGE_KEY = "madoguchi.inquiry.language";

/** The site: give scans, read answers, and how each protection works. */
export function App() {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [scans, setScans] = useState<readonly Scan[]>([]);
  const t = useMemo(() => loadWords({ ja, en }, language).t, [language]);
  const address = useAddress();
  const explains = address.startsWith(PROTECTIONS);
  const leftBy = useRef<HTMLElement>(null);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = explains ? `${t("protections.title")} – ${t("title")}` : t("title");
    localStorage.setItem(LANGUAGE_KEY, language);
  }, [language, explains, t]);
  // Whoever comes back goes on where he left.
  useLayoutEffect(() => {
    if (!explains) leftBy.current?.focus();
  }, [explains]);

  const ask = (scan: Scan, front?: File) =>
    void send(scan.file, front, (line) =>
      setScans((all) => all.map((one) => (one.id === scan.id ? after(one, line) : one))),
    );
  const take = (files: readonly File[]) => {
    for (const scan of files.map(newScan)) {
      setScans((all) => [scan, ...all]);
      ask(scan);
    }
  };
  const takeFront = (scan: Scan, front: File) => {
    setScans((all) => all.map((one) => (one.id === scan.id ? askedAgain(one) : one)));
    ask(scan, front);
  };
  const clear = () => {
    for (const { pictureUrl } of scans) if (pictureUrl) URL.revokeObjectURL(pictureUrl);
    setScans([]);
  };

  return (
    <Words value={{ t, language }}>
      <header class="header">
        <p class="name">
          <span class="mark" aria-hidden="true">
            {t("mark")}
          </span>
          {t("title")}
        </p>
        <nav class="languages" aria-label={t("language")}>
          {(["ja", "en"] as const).map((one) => (
            <button type="button" key={one} lang={one} aria-pressed={language === one} onClick={() => setLanguage(one)}>
              {t(`language.${one}`)}
            </button>
          ))}
        </nav>
      </header>
      <main class="page" hidden={explains} onFocusCapture={({ target }) => (leftBy.current = target as HTMLElement)}>
        <h1>{t("heading")}</h1>
        <p class="lead">{t("lead")}</p>
        <Giving take={take} />
        <p class="privacy">{t("privacy")}</p>
        <ProtectionsLink />
        {scans.length > 0 && (
          <section class="answers" aria-label={t("answers")}>
            <div class="answers-top">
              <h2>{t("answers")}</h2>
              <button type="button" class="quiet" onClick={clear}>
                {t("clear")}
              </button>
            </div>
            {scans.map((scan) => (
              <ScanAnswer key={scan.id} scan={scan} giveFront={(front) => takeFront(scan, front)} />
            ))}
            <aside class="copy">
              <h3>{t("copy.heading")}</h3>
              <p>{t("copy.words")}</p>
              <p>{t("copy.original")}</p>
            </aside>
          </section>
        )}
      </main>
      {explains && <Protections address={address} />}
    </Words>
  );
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE_KEY);
  if (kept === "ja" || kept === "en") return kept;
  return navigator.language.startsWith("ja") ? "ja" : "en";
}
