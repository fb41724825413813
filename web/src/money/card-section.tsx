import { useClient } from "urql";
import { Button } from "../house/button";
import { Refusal } from "../house/refusal";
import { BACK_TO_ACCOUNT } from "./use-settle";
import { NewCard } from "./acts";
import { cardInWords, expiryInWords } from "./card-words";
import { inMoney } from "./money";
import type { Membership } from "./operations";
import { Acts, Section } from "./section";
import { followed, useAct } from "./use-act";

/** How it is paid: the card as the payment provider tells of it, and credit, which is used first. */
export function CardSection({ membership: { card, credit, may } }: { readonly membership: Membership }) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const change = async () => {
    const step = await act(client.mutation(NewCard, { backTo: BACK_TO_ACCOUNT }).toPromise());
    if (step !== null) followed(step);
  };
  return (
    <Section title="Payment" id="payment">
      {card === null ? (
        <p>No card is kept with the payment provider.</p>
      ) : (
        <p>
          {cardInWords(card)}, {expiryInWords(card)}
        </p>
      )}
      {credit !== null && credit.minor > 0 && <p>{inMoney(credit)} of credit, used before the card.</p>}
      <Refusal no={no} />
      {may.includes("CARD") && (
        <Acts>
          <Button aria-disabled={waiting} onClick={() => !waiting && void change()}>
            {card === null ? "Leave a card" : "Change the card"}
          </Button>
        </Acts>
      )}
    </Section>
  );
}
