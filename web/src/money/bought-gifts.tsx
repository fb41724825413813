import { useState } from "react";
import { Button } from "../house/button";
import { Lines } from "../operator/panel";
import styles from "./bought-gifts.module.css";
import { dayInFull } from "./days";
import { inMoney, type Money } from "./money";

interface Code {
  readonly code: string | null;
  readonly amount: Money;
}

/** A gift that was just paid: its code, to be handed on. */
export function FreshGift({ gift }: { readonly gift: Code }) {
  const [copied, setCopied] = useState(false);
  const { code, amount } = gift;
  if (code === null) return <p role="status">The payment is on its way; the code appears below once it is through.</p>;
  return (
    <section className={styles["fresh"]} aria-label="Your gift">
      <p>{inMoney(amount)} of Matinee</p>
      <p className={styles["code"]}>{code}</p>
      {/* Only pages on a safe origin may write to the clipboard; elsewhere the code is there to be read. */}
      {"clipboard" in navigator && (
        <Button onClick={() => void navigator.clipboard.writeText(code).then(() => setCopied(true))}>
          {copied ? "Copied" : "Copy the code"}
        </Button>
      )}
    </section>
  );
}

interface Bought extends Code {
  readonly redeemed: boolean;
  readonly madeAt: string;
}

export function BoughtGifts({ gifts }: { readonly gifts: readonly Bought[] }) {
  return (
    <div className={styles["table"]}>
      <Lines label="List of gifts" columns={["Code", "Worth", "Day", "State"]}>
        {gifts.map(({ code, amount, redeemed, madeAt }, index) => (
          <tr key={code ?? `${madeAt} ${index}`}>
            <th scope="row">{code ?? "not paid yet"}</th>
            <td>{inMoney(amount)}</td>
            <td>{dayInFull(madeAt)}</td>
            <td>{redeemed ? "used" : code === null ? "waits for its payment" : "not used yet"}</td>
          </tr>
        ))}
      </Lines>
    </div>
  );
}
