import { useEffect, useId, type KeyboardEvent, type ReactNode } from "react";
import { useMenu } from "../house/use-menu";
import controls from "./controls.module.css";
import styles from "./menu.module.css";

export interface Choice {
  readonly key: string;
  readonly name: string;
  readonly aside?: string;
  readonly chosen: boolean;
  readonly choose: () => void;
}

export interface Choices {
  readonly heading: string;
  readonly choices: readonly Choice[];
}

interface MenuProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly groups: readonly Choices[];
  readonly onOpen: (open: boolean) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };

/** Choices on a panel above their icon. Arrow keys walk them, Escape leads back to the icon. */
export function Menu({ label, icon, groups, onOpen }: MenuProps) {
  const { open, setOpen, root, opener } = useMenu();
  const panel = useId();

  useEffect(() => {
    onOpen(open);
    if (open) root.current?.querySelector<HTMLElement>("[aria-checked=true]")?.focus();
  }, [open, onOpen, root]);

  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const walk = (event: KeyboardEvent) => {
    const items = [...(root.current?.querySelectorAll<HTMLElement>("[role=menuitemradio]") ?? [])];
    const at = items.findIndex((item) => item === document.activeElement);
    const step = STEPS[event.key];
    if (step !== undefined) items[(at + step + items.length) % items.length]?.focus();
    else if (event.key === "Home") items[0]?.focus();
    else if (event.key === "End") items.at(-1)?.focus();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  };

  return (
    <div ref={root} className={styles["menu"]}>
      <button
        ref={opener}
        type="button"
        className={controls["icon"]}
        aria-label={label}
        title={open ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
      >
        {icon}
      </button>
      <div id={panel} role="menu" tabIndex={-1} aria-label={label} hidden={!open} className={styles["panel"]} onKeyDown={walk}>
        {groups.map(({ heading, choices }) => (
          <div key={heading} role="group" aria-label={heading} className={styles["group"]}>
            <p className={styles["heading"]} role="presentation">
              {heading}
            </p>
            {choices.map(({ key, name, aside, chosen, choose }) => (
              <button
                key={key}
                type="button"
                role="menuitemradio"
                aria-checked={chosen}
                tabIndex={-1}
                className={styles["item"]}
                onClick={() => {
                  choose();
                  close();
                }}
              >
                <span>{name}</span>
                {aside !== undefined && <span className={styles["aside"]}>{aside}</span>}
              </button>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
