import { useEffect, useState } from "preact/hooks";

/** Address of the page where scans are given, behind the site's own; as good as none. */
export const CHECK = "#check";
/** Address of the page about the protections; its sections' begin with it. */
export const PROTECTIONS = "#protections";

/** What stands behind the `#` of the address, with it: the site's pages are told apart by it, so that no answer is lost. */
export function useAddress(): string {
  const [address, setAddress] = useState(location.hash);
  useEffect(() => {
    const changed = () => setAddress(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return address;
}
