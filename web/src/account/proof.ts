import { useEffect, useState } from "react";

function taken(): string {
  const proof = window.location.hash.slice(1);
  if (proof !== "") window.history.replaceState(window.history.state, "", window.location.pathname);
  return proof;
}

/** What a letter's link brought behind its "#", taken out of the address so that it is neither shown nor kept there. */
export function useProof(): string {
  const [proof, setProof] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    const take = () => {
      const another = taken();
      if (another !== "") setProof(another);
    };
    take();
    window.addEventListener("hashchange", take);
    return () => {
      window.removeEventListener("hashchange", take);
    };
  }, []);
  return proof;
}
