import { useState, type CSSProperties } from "react";
import type { Glimpse } from "./projector";
import styles from "./glimpse-frame.module.css";

/** One moment cut out of a sheet of many; when a box does not bring the sheet, the next one is asked. */
export function GlimpseFrame({ glimpse }: { readonly glimpse: Glimpse }) {
  const { addresses, left, top, width, height, sheetWidth, sheetHeight } = glimpse;
  const [missed, setMissed] = useState<readonly string[]>([]);
  const address = addresses.find((one) => !missed.includes(one));
  const cut = {
    aspectRatio: `${width} / ${height}`,
    "--sheet-width": `${(sheetWidth / width) * 100}%`,
    "--sheet-left": `${(-left / width) * 100}%`,
    "--sheet-top": `${(-top / height) * 100}%`,
    "--sheet-height": `${(sheetHeight / height) * 100}%`,
  } as CSSProperties;
  if (address === undefined) return null;
  return (
    <div className={styles["frame"]} style={cut} data-glimpse>
      <img className={styles["sheet"]} src={address} alt="" onError={() => setMissed([...missed, address])} />
    </div>
  );
}
