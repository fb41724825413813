import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { Link } from "./link";
import styles from "./button.module.css";

function look(main: boolean, extra: string | undefined): string {
  return [styles["button"], main ? styles["main"] : "", extra ?? ""].join(" ").trim();
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly main?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
};

export function Button({ main = false, type = "button", className, children, ...rest }: ButtonProps) {
  return (
    <button type={type} className={look(main, className)} {...rest}>
      {children}
    </button>
  );
}

interface PillProps {
  readonly to: string;
  readonly main?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A link that looks like a button. */
export function LinkPill({ to, main = false, className, children }: PillProps) {
  return (
    <Link to={to} className={look(main, className)}>
      {children}
    </Link>
  );
}
