import { useQuery } from "urql";
import { isSignedOut } from "../house/client";
import { usePageName } from "../house/page";
import { Refusal } from "../house/refusal";
import { Unanswered } from "../house/unanswered";
import styles from "./account-page.module.css";
import { GiftsQuery } from "./acts";
import { BoughtGifts, FreshGift } from "./bought-gifts";
import { BuyGiftForm } from "./buy-gift-form";
import { RedeemForm } from "./redeem-form";
import { Section } from "./section";
import { isBack, useSettle } from "./use-settle";

/** A gift that was just paid belongs to the list also while there is none on it. */
const WITH_GIFTS = { additionalTypenames: ["Gift", "Membership"] };

/** Giving Matinee away, and using what somebody gave. */
export function GiftPage({ search }: { readonly search: string }) {
  usePageName("Gifts");
  const settled = useSettle(isBack(search));
  const [{ data, error }] = useQuery({ query: GiftsQuery, requestPolicy: "cache-and-network", context: WITH_GIFTS });
  if (data === undefined && error !== undefined && !isSignedOut(error)) return <Unanswered what="the gifts" home />;
  const fresh = settled.step?.gift ?? null;
  const gifts = data?.gifts;
  return (
    <div className={styles["page"]}>
      <h1 className={styles["heading"]}>Give Matinee</h1>
      <p className={styles["email"]}>A gift is a code worth so much. Whoever has it pays their plan with it.</p>
      {settled.no !== null && <Refusal no={settled.no} />}
      {fresh !== null && <FreshGift gift={fresh} />}
      {gifts === undefined ? (
        <div className={styles["shape"]} role="status" aria-label="Loading the gifts" />
      ) : gifts.choices.length === 0 ? (
        <p className={styles["email"]}>This house takes no money, so there is nothing to give: everybody may watch.</p>
      ) : (
        <>
          <Section title="Give">
            <BuyGiftForm choices={gifts.choices} />
          </Section>
          <Section title="Use a code">
            <RedeemForm />
          </Section>
          {gifts.bought.length > 0 && (
            <Section title="Given so far">
              <BoughtGifts gifts={gifts.bought} />
            </Section>
          )}
        </>
      )}
    </div>
  );
}
