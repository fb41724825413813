import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { QualityIcon } from "../house/icons";
import type { Rung } from "./projector";
import controls from "./controls.module.css";
import styles from "./quality-menu.module.css";

interface QualityMenuProps {
  readonly rungs: readonly Rung[];
  readonly shown: Rung | null;
  readonly chosen: number | null;
  readonly onChoose: (height: number | null) => void;
  readonly onOpen: (open: boolean) => void;
}

function inWords(rung: Rung): string {
  return `${rung.height}p · ${(rung.bitsPerSecond / 1e6).toFixed(1)} Mb/s`;
}

/** Auto and every height on offer, on a panel above its icon. */
export function QualityMenu({ rungs, shown, chosen, onChoose, onOpen }: QualityMenuProps) {
  const [open, setOpen] = useState(false);
  const panel = useId();
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    onOpen(open);
    if (!open) return;
    root.current?.querySelector<HTMLElement>("[aria-checked=true]")?.focus();
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open, onOpen]);

  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const rove = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    if (step !== 0) {
      const items = [...(root.current?.querySelectorAll<HTMLElement>("[role=menuitemradio]") ?? [])];
      const at = items.findIndex((item) => item === document.activeElement);
      items[(at + step + items.length) % items.length]?.focus();
    }
    if (step !== 0 || event.key === "Escape") event.preventDefault();
  };

  const item = (height: number | null, name: string, aside: string) => (
    <button
      key={name}
      type="button"
      role="menuitemradio"
      aria-checked={chosen === height}
      tabIndex={-1}
      className={styles["item"]}
      onClick={() => {
        onChoose(height);
        close();
      }}
    >
      <span>{name}</span>
      <span className={styles["aside"]}>{aside}</span>
    </button>
  );

  return (
    <div ref={root} className={styles["quality"]}>
      <button
        ref={opener}
        type="button"
        className={controls["icon"]}
        aria-label="Quality"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={panel}
        disabled={rungs.length === 0}
        onClick={() => setOpen(!open)}
      >
        <QualityIcon />
      </button>
      <div id={panel} role="menu" tabIndex={-1} aria-label="Quality" hidden={!open} className={styles["panel"]} onKeyDown={rove}>
        <p className={styles["heading"]} role="presentation">
          Quality
        </p>
        {item(null, "Auto", chosen === null && shown !== null ? inWords(shown) : "")}
        {rungs.map((rung) => item(rung.height, `${rung.height}p`, `${(rung.bitsPerSecond / 1e6).toFixed(1)} Mb/s`))}
      </div>
    </div>
  );
}
