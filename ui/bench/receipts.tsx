import { useEffect, useState } from "preact/hooks";
import { useBench } from "./context.tsx";

interface ReceiptPicture {
  readonly png: string;
  readonly text: string;
}

const SHOWN = 10;

/** The last receipts, the newest first. */
export function Receipts() {
  const { t, bench, view } = useBench();
  const [receipts, setReceipts] = useState<readonly ReceiptPicture[]>([]);
  const kept = view.state?.receiptsKept ?? 0;
  useEffect(() => {
    let current = true;
    void bench.call<ReceiptPicture[]>("receipts", { last: SHOWN }).then((found) => {
      if (current && found) setReceipts([...found].reverse());
    });
    return () => {
      current = false;
    };
    // A receipt in the mouth means that one came out, also when the list is as long as it gets.
  }, [bench, kept, view.state?.receiptInTray]);
  if (receipts.length === 0) return <p class="says">{t("receipts.none")}</p>;
  return (
    <ul class="receipts">
      {receipts.map(({ png, text }, index) => (
        <li key={`${receipts.length - index}-${text}`}>
          <img src={`data:image/png;base64,${png}`} alt={text} />
        </li>
      ))}
    </ul>
  );
}
