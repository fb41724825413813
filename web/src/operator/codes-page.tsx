import { useState } from "react";
import { useQuery } from "urql";
import { Button } from "../house/button";
import { dayInFull } from "../money/days";
import { CouponAsk } from "./coupon-ask";
import { offInWords, usesInWords } from "./coupon-words";
import { OperatorFrame } from "./frame";
import { Gifts } from "./house-gifts";
import styles from "./members-page.module.css";
import { Lines, Panel, Quiet } from "./panel";
import { CouponsQuery, currenciesOf, type Coupon } from "./price-list";

/** A new coupon is news to the list also while there is none on it. */
const WITH_COUPONS = { additionalTypenames: ["Coupon"] };

/** Coupons with their use, and gift codes that the house gives away. */
export function CodesPage() {
  const [{ data, error }] = useQuery({ query: CouponsQuery, requestPolicy: "cache-and-network", context: WITH_COUPONS });
  return (
    <OperatorFrame at="/operator/codes" heading="Coupons and gifts" found={data?.tillRoom} error={error} what="the coupons">
      {({ coupons, plans }) => {
        const currencies = currenciesOf(plans);
        if (currencies.length === 0) return <Quiet>This house asks for no money, so there is nothing to take off.</Quiet>;
        return (
          <>
            <Coupons coupons={coupons} currencies={currencies} />
            <Gifts currencies={currencies} />
          </>
        );
      }}
    </OperatorFrame>
  );
}

function Coupons({ coupons, currencies }: { readonly coupons: readonly Coupon[]; readonly currencies: readonly string[] }) {
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title="Coupons"
      aside={
        <div className={styles["acts"]}>
          <Button onClick={() => setMaking(true)}>Make a coupon</Button>
        </div>
      }
    >
      {coupons.length === 0 ? (
        <Quiet>None yet. A coupon takes something off a plan’s price, once, for a while, or for good.</Quiet>
      ) : (
        <Lines label="List of coupons" columns={["Code", "Takes off", "Used", "Until"]}>
          {coupons.map((coupon) => (
            <tr key={coupon.code}>
              <th scope="row">{coupon.code}</th>
              <td>{offInWords(coupon)}</td>
              <td>{usesInWords(coupon)}</td>
              <td>{coupon.until === null ? "for good" : dayInFull(coupon.until)}</td>
            </tr>
          ))}
        </Lines>
      )}
      {making && <CouponAsk currencies={currencies} onClose={() => setMaking(false)} />}
    </Panel>
  );
}
