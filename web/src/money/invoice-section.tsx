import { useQuery } from "urql";
import { Lines } from "../operator/panel";
import { dayInFull } from "./days";
import styles from "./invoice-section.module.css";
import { inMoney } from "./money";
import { InvoicesQuery } from "./operations";
import { Section } from "./section";

/** Whatever happens to a membership may be billed: then the list is read anew. */
const WITH_MEMBERSHIP = { additionalTypenames: ["Invoice", "Membership"] };

/** Every invoice, to read and to keep. */
export function InvoiceSection() {
  const [{ data, error }] = useQuery({ query: InvoicesQuery, requestPolicy: "cache-and-network", context: WITH_MEMBERSHIP });
  return (
    <Section title="Invoices" id="invoices">
      {data === undefined ? (
        <p role="status">{error === undefined ? "Looking for them." : "They could not be read just now. Open this page again in a moment."}</p>
      ) : data.invoices.length === 0 ? (
        <p>None yet: the first comes with the first payment.</p>
      ) : (
        <div className={styles["table"]}>
          <Lines label="Your invoices" columns={["Number", "Day", "For", "Amount", "(To keep)"]}>
            {data.invoices.map((invoice) => (
              <tr key={invoice.number}>
                <th scope="row">{invoice.number}</th>
                <td className={styles["firm"]}>{dayInFull(invoice.issuedAt)}</td>
                <td>{invoice.what}</td>
                <td className={styles["firm"]}>
                  {inMoney(invoice.total)}
                  {invoice.refunded !== null && <small>{inMoney(invoice.refunded)} given back</small>}
                </td>
                <td className={styles["links"]}>
                  <a href={invoice.html} target="_blank" rel="noopener" aria-label={`Read ${invoice.number}`}>
                    Read
                  </a>
                  <a href={invoice.pdf} download aria-label={`PDF of ${invoice.number}`}>
                    PDF
                  </a>
                </td>
              </tr>
            ))}
          </Lines>
        </div>
      )}
    </Section>
  );
}
