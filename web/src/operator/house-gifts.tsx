import { useState } from "react";
import { useQuery } from "urql";
import { Button } from "../house/button";
import { dayInFull } from "../money/days";
import { inMoney } from "../money/money";
import { GiftAsk, type MadeGift } from "./gift-ask";
import styles from "./members-page.module.css";
import { Lines, Panel, Quiet, State } from "./panel";
import { HouseGiftsQuery, type HouseGift } from "./price-list";

/** New codes are news to the list also while there are none on it. */
const WITH_GIFTS = { additionalTypenames: ["Gift", "HouseGift"] };

/** Every gift code: those that the house gives away, and those that members bought for each other. */
export function Gifts({ currencies }: { readonly currencies: readonly string[] }) {
  const [{ data, error }] = useQuery({ query: HouseGiftsQuery, requestPolicy: "cache-and-network", context: WITH_GIFTS });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<readonly MadeGift[]>([]);
  const gifts = data?.tillRoom?.gifts;
  return (
    <Panel
      title="Gifts"
      aside={
        <div className={styles["acts"]}>
          <Button onClick={() => setMaking(true)}>Make gift codes</Button>
        </div>
      }
    >
      {made.length > 0 && <Fresh gifts={made} />}
      {gifts === undefined ? (
        <Quiet>{error === undefined ? "Looking for them." : "They could not be read just now. Open this page again in a moment."}</Quiet>
      ) : gifts.length === 0 ? (
        <Quiet>None yet. A gift is a code worth so much, for whoever you hand it to.</Quiet>
      ) : (
        <Given gifts={gifts} />
      )}
      {making && <GiftAsk currencies={currencies} onMade={setMade} onClose={() => setMaking(false)} />}
    </Panel>
  );
}

/** To be copied all at once. */
function Fresh({ gifts }: { readonly gifts: readonly MadeGift[] }) {
  return (
    <>
      <p className={styles["told"]} role="status">
        {gifts[0] !== undefined && `Just made, each worth ${inMoney(gifts[0].amount)}. They stay in the list below until they are used.`}
      </p>
      <ul className={styles["codes"]} role="list" aria-label="Codes just made">
        {gifts.map(({ code }) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </>
  );
}

function Given({ gifts }: { readonly gifts: readonly HouseGift[] }) {
  return (
    <Lines label="List of gifts" columns={["Code", "Worth", "Day", "From", "Used by"]}>
      {gifts.map(({ code, amount, madeAt, bought, madeBy, redeemedBy }) => (
        <tr key={`${madeAt} ${code}`}>
          <th scope="row" className={styles["whole"]}>
            {code}
          </th>
          <td>{inMoney(amount)}</td>
          <td>{dayInFull(madeAt)}</td>
          <td>{bought ? madeBy : "the house"}</td>
          <td>
            <State light={redeemedBy === null ? "off" : "good"}>{redeemedBy ?? "nobody yet"}</State>
          </td>
        </tr>
      ))}
    </Lines>
  );
}
