import { useMemo, useState } from "preact/hooks";
import type { BenchCitizen, CitizenNote } from "../../src/town/bench/protocol.ts";
import { Act, useBench } from "./context.tsx";

/** Everybody's card lies ready: who comes next is chosen here. */
export function Citizens() {
  const { t, view } = useBench();
  const { citizens, setup } = view;
  const [words, setWords] = useState("");
  const [note, setNote] = useState("");
  const [city, setCity] = useState("");
  const notes = useMemo(() => {
    const found = new Set<CitizenNote>(citizens.flatMap((c) => c.notes));
    return [...found].sort();
  }, [citizens]);
  const shown = citizens.filter(
    (c) =>
      (city === "" || c.municipality === city) &&
      (note === "" || (note === "ordinary" ? c.notes.length === 0 : c.notes.includes(note as CitizenNote))) &&
      matches(c, words),
  );
  return (
    <section class="citizens" aria-label={t("citizens.label")}>
      <div class="filters">
        <h2>{t("citizens.label")}</h2>
        <input
          type="search"
          aria-label={t("citizens.search")}
          placeholder={t("citizens.search")}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <select aria-label={t("citizens.note")} value={note} onChange={(event) => setNote(event.currentTarget.value)}>
          <option value="">{t("citizens.everybody")}</option>
          <option value="ordinary">{t("note.ordinary")}</option>
          {notes.map((one) => (
            <option key={one} value={one}>
              {t(`note.${one}`)}
            </option>
          ))}
        </select>
        <CityChoice city={city} setCity={setCity} />
      </div>
      {shown.length === 0 && <p class="says">{t("citizens.nobody")}</p>}
      <ul>
        {shown.map((citizen) => (
          <Citizen
            key={`${citizen.municipality}/${citizen.residentId}`}
            citizen={citizen}
            manyCities={(setup?.municipalities.length ?? 0) > 1}
          />
        ))}
      </ul>
    </section>
  );
}

function CityChoice({ city, setCity }: { readonly city: string; readonly setCity: (code: string) => void }) {
  const { t, view, language } = useBench();
  const cities = view.setup?.municipalities ?? [];
  if (cities.length < 2) return null;
  return (
    <select aria-label={t("citizens.city")} value={city} onChange={(event) => setCity(event.currentTarget.value)}>
      <option value="">{t("citizens.everywhere")}</option>
      {cities.map(({ code, name }) => (
        <option key={code} value={code}>
          {name[language]}
        </option>
      ))}
    </select>
  );
}

function Citizen({ citizen, manyCities }: { readonly citizen: BenchCitizen; readonly manyCities: boolean }) {
  const { t, view, bench, language } = useBench();
  const { municipality, residentId } = citizen;
  const { card } = view.state ?? {};
  const here = card?.municipality === municipality && card.residentId === residentId;
  const city = view.setup?.municipalities.find((m) => m.code === municipality)?.name[language];
  return (
    <li>
      <Act
        act={`putCard:${municipality}:${residentId}`}
        method="putCard"
        params={{ municipality, residentId }}
        kind={here ? "citizen here" : "citizen"}
        pressed={here}
        disabled={here}
        // One hand takes the card that lies there, the other puts the next one down.
        before={async () => card && (await bench.call("takeCard", {}))}
      >
        <span class="citizenName" lang="ja">
          {citizen.name}
        </span>
        <span class="citizenId">
          <span>
            {manyCities && city} {residentId}
          </span>
          <span>{t("citizen.pin", { pin: citizen.pin })}</span>
        </span>
        <span class="notes">
          {citizen.notes.map((one) => (
            <span key={one} class={`note ${isCalm(one) ? "calm" : "sharp"}`}>
              {t(`note.${one}`)}
            </span>
          ))}
          {citizen.remark !== "" && <span class="note calm">{citizen.remark}</span>}
        </span>
      </Act>
    </li>
  );
}

/** Notes about somebody who is served all the same. */
const calm: ReadonlySet<CitizenNote> = new Set<CitizenNote>([
  "foreign",
  "ivsName",
  "largeHousehold",
  "otherPin",
  "itemsPinDiffers",
  "sealCancelled",
]);

function isCalm(note: CitizenNote): boolean {
  return calm.has(note);
}

function matches(citizen: BenchCitizen, words: string): boolean {
  const text = `${citizen.name} ${citizen.residentId} ${citizen.remark}`.toLowerCase().replace(/\s+/g, "");
  return text.includes(words.toLowerCase().replace(/\s+/g, ""));
}
