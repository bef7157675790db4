import { Act, useBench } from "./context.tsx";

/** What runs, and what a power cut or an operator does to it. */
export function Processes() {
  const { t, view } = useBench();
  const processes = view.state?.processes ?? [];
  if (processes.length === 0) return <p class="says">{t("processes.none")}</p>;
  return (
    <table class="processes">
      <caption class="unseen">{t("tab.processes")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("processes.name")}</th>
          <th scope="col">{t("processes.state")}</th>
          <th scope="col">{t("processes.pid")}</th>
          <th scope="col">{t("processes.hands")}</th>
        </tr>
      </thead>
      <tbody>
        {processes.map(({ name, state, pid }) => (
          <tr key={name} data-process={name} data-state={state}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              <span class={state === "running" ? "badge good" : state === "starting" ? "badge busy" : "badge bad"}>
                {t(`processes.${state}`)}
              </span>
            </td>
            <td class="number">{pid ?? ""}</td>
            <td class="hands">
              {name === "bench" ? (
                <span class="says">{t("processes.own")}</span>
              ) : (
                (["stop", "start", "kill"] as const).map((action) => (
                  <Act
                    key={action}
                    act={`process:${name}:${action}`}
                    method="process"
                    params={{ name, action }}
                    kind={action === "kill" ? "chip" : "chip fine"}
                    disabled={action === "start" ? state === "running" || state === "starting" : state !== "running"}
                    label={t(`processes.do.${action}`, { name })}
                  >
                    {t(`processes.${action}`)}
                  </Act>
                ))
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
