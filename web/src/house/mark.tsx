import styles from "./mark.module.css";

/** "matinee" with a small glowing bulb as its full stop. */
export function Mark({ large = false }: { readonly large?: boolean }) {
  return (
    <span className={large ? `${styles["mark"]} ${styles["large"]}` : styles["mark"]}>
      matinee
      <span className={styles["bulb"]} aria-hidden="true" />
    </span>
  );
}
