import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Actor, Cast } from "./actor.js";
import { CommandFailedError } from "./command.js";
import { custodiansTell } from "./custodians-tell.js";
import type { Custodians } from "./custodians.js";
import { consentForm } from "./consent-form.js";
import { forge } from "./forge-link.js";
import type { FileReport, Mark, PredictedPrice, RefusalReport } from "./report.js";
import { latest } from "./latest.js";
import { isAnonymous, isClientSide, type Sample } from "./sample.js";
import { decryptWithStockAge, stockAge } from "./stock-age.js";
import { whenDrawn } from "./when-drawn.js";

/** What the commands print, as far as the demo reads it. */
interface Uploaded { id: string; file: string; format: string; deidentifiedSha256: string; prediction: PredictedPrice }
interface Published extends Required<Mark> { listingId: string; tradable: boolean }
interface QueueEntry { kind: string; listingId: string }
interface Bought extends Required<Mark> { orders: { orderId: string; listingId: string }[] }
interface Fetched extends Required<Mark> { orderId: string; listingId: string; grantId: string; chainRoot: string; plaintextRoot: string; sha256: string; ageFile: string }
interface AccessRecord { action: string; outcome: string; batch: { transactionHash: string; block: number; time: string } | null; told: object | null }

interface Traded extends Sample { uploaded: Uploaded; listingId: string }

/** A step of the trade: its name, and what it left on the chain. */
export interface Step {
  name: string;
  run(): Promise<Mark | void>;
}

export interface Trade {
  /** Before the stack: everybody makes own keys. */
  accounts(): Promise<{ registrar: string; treasurer: string }>;
  steps: Step[];
  files: FileReport[];
  refusals: RefusalReport[];
}

const wholePrice = "2500";

/**
 * The whole trade, told as steps. Every person is an Actor: processes of their own, with a folder of their own, that know the public addresses alone.
 * The runner passes on what people would tell each other (an account, a listing's id), and holds no key.
 * @param options.assigned - the market draws the auditors of each listing by lot.
 * @param options.custodians - they, and not the platform, have the key of the record that is encrypted at home.
 */
export function createTrade(cast: Cast, folder: string, { assigned = false, custodians = null }: { assigned?: boolean; custodians?: Custodians | null } = {}): Trade {
  const provider = cast.actor("provider");
  /** Hospitals that give the anonymous provider a crowd to hide in. */
  const crowd = [cast.actor("hospital-2"), cast.actor("hospital-3"), cast.actor("hospital-4")] as const;
  /** The one-time account that an anonymous listing is paid to: nobody but its owner knows whose it is. */
  const payout = cast.actor("one-time-payee");
  const auditors = [cast.actor("auditor-1"), cast.actor("auditor-2")] as const;
  const thirdAuditor = cast.actor("auditor-3");
  const everyAuditor = [...auditors, thirdAuditor];
  const buyer = cast.actor("buyer");
  /** Has a classic X25519 key, for the stock age before 1.3. */
  const secondBuyer = cast.actor("second-buyer");
  const outsider = cast.actor("outsider");
  const registrar = cast.actor("registrar");
  const treasurer = cast.actor("treasurer");

  const addresses = new Map<string, string>();
  const addressOf = (actor: Actor): string => addresses.get(actor.name) ?? "";
  const files: FileReport[] = [];
  const refusals: RefusalReport[] = [];
  let records: Traded[] = [];
  let uploads: Uploaded[] = [];
  let samples: Sample[] = [];
  let watching: Promise<unknown> = Promise.resolve();
  const queues = new Map<string, Set<string>>();
  let fetched: Fetched[] = [];
  let orders: { buyer: Actor; orderIds: string[] }[] = [];
  /** Who judges each listing; the two of the queue unless the lot fell on others. */
  const drawn = new Map<string, readonly Actor[]>();
  const judged = (auditor: Actor): string[] => records.map(({ listingId }) => listingId).filter((id) => (drawn.get(id) ?? auditors).includes(auditor));
  const judges = (): Actor[] => everyAuditor.filter((auditor) => judged(auditor).length > 0);
  /** The programs with which auditors take part in the rounds, until there is nothing left to draw. */
  const attending = new AbortController();
  let attendance: Promise<unknown> = Promise.resolve();

  /** Tries what must be refused, and notes with which code; being let through is an error. */
  const refused = async (what: string, codes: readonly string[], attempt: () => Promise<unknown>): Promise<void> => {
    let code = "";
    try {
      await attempt();
    } catch (error) {
      if (!(error instanceof CommandFailedError)) throw error;
      code = error.code;
    }
    refusals.push({ case: what, refused: code !== "", code });
    if (!codes.includes(code)) throw new Error(code === "" ? `${what}: was let through.` : `${what}: refused with ${code} instead of ${codes.join(" or ")}.`);
  };
  const listingOf = (format: string): string => records.find((record) => record.format.startsWith(format))?.listingId ?? "";
  const apply = (actor: Actor, roles: string, kind: string, institution: string): Promise<unknown> =>
    actor.run("account", "apply", "--roles", roles, "--kind", kind, "--institution", institution, "--credential", `licence of ${institution}`);

  const steps: Step[] = [
    {
      name: "institutions apply for accreditation",
      async run() {
        await Promise.all([
          apply(provider, "PROVIDER", "HOSPITAL", "St. Elsewhere Hospital"),
          ...crowd.map((hospital, index) => apply(hospital, "PROVIDER", "HOSPITAL", `Hospital No. ${index + 2}`)),
          apply(auditors[0], "AUDITOR", "UNIVERSITY", "Ethics Board North"),
          apply(auditors[1], "AUDITOR", "UNIVERSITY", "Ethics Board South"),
          apply(thirdAuditor, "AUDITOR", "UNIVERSITY", "Ethics Board West"),
          apply(buyer, "BUYER", "RESEARCH_INSTITUTION", "Institute of Population Health"),
          apply(secondBuyer, "BUYER", "UNIVERSITY", "University of Somewhere"),
        ]);
      },
    },
    { name: "the registrar accredits them on the chain", run: () => registrar.run<Mark>("registrar", "accredit") },
    { name: "the registrar makes a ring of the four hospitals", run: () => registrar.run<Mark>("registrar", "ring") },
    {
      name: "the treasurer mints test dollars for the buyers",
      async run() {
        await treasurer.run("treasurer", "mint", "--to", addressOf(buyer), "--amount", "100000", "--reference", "wire 1");
        return treasurer.run<Mark>("treasurer", "mint", "--to", addressOf(secondBuyer), "--amount", "100000", "--reference", "wire 2");
      },
    },
    {
      name: "the auditors open their live queues; one of them will be cut off, and go on where it was",
      async run() {
        samples = await provider.run<Sample[]>("samples", "--output", join(folder, "records"));
        watching = Promise.all(
          auditors.map(async (auditor, index) => {
            const seen = new Set<string>();
            let repeated = "";
            queues.set(auditor.name, seen);
            // The first auditor's computer fails once, at the second listing: the first is noted as seen by then.
            let atFailure = "";
            const failure = new AbortController();
            const note = (value: unknown): void => {
              const entry = value as QueueEntry;
              if (entry.kind !== "ADDED") return;
              // What was on the screen, but not noted as seen when the process died, may come again; nothing else may.
              if (seen.has(entry.listingId) && entry.listingId !== atFailure) repeated = entry.listingId;
              seen.add(entry.listingId);
              if (index !== 0 || seen.size < 2 || atFailure !== "") return;
              atFailure = entry.listingId;
              failure.abort();
            };
            const command = ["audit", "watch", "--cursor-file", join(folder, `${auditor.name}.cursor`)];
            const wasCut = index === 0 && (await auditor.watchUntilCut(note, failure.signal, ...command));
            if (index === 0 && !wasCut) throw new Error("The first auditor was not cut off.");
            // Started again it goes on where it was, and ends once all are seen.
            while (seen.size < samples.length) await auditor.watch(note, ...command, "--count", String(samples.length - seen.size));
            if (repeated !== "") throw new Error(`${auditor.name} was told of ${repeated} twice.`);
          }),
        );
        watching.catch(() => undefined); // awaited in its own step
      },
    },
    ...(assigned
      ? [
          {
            name: "three auditors take part in the rounds by which the market draws who judges",
            run: () => {
              attendance = Promise.all(everyAuditor.map((auditor) => auditor.watchUntilCut(() => undefined, attending.signal, "audit", "attend")));
              attendance.catch(() => undefined); // awaited in its own step
              return Promise.resolve();
            },
          },
        ]
      : []),
    {
      name: "the provider uploads; records are de-identified (one of them at home), priced, encrypted, stored",
      async run() {
        const evidence = join(folder, "consent-form.txt");
        await writeFile(evidence, consentForm);
        const legal = ["--legal-basis", "consent", "--legal-words", "consent of the patients, documented", "--evidence", evidence];
        const classic = samples.filter(({ format }) => format === "CSV").map(({ file }) => file);
        const anonymous = samples.filter(isAnonymous).map(({ file }) => file);
        const others = samples.filter((sample) => sample.format !== "CSV" && !isAnonymous(sample) && !isClientSide(sample)).map(({ file }) => file);
        const answers = await Promise.all([
          provider.run<Uploaded[]>("provider", "upload", ...others, ...legal),
          // The CSV's policy allows the classic suite, so that a buyer with the older stock tool can be served.
          provider.run<Uploaded[]>("provider", "upload", ...classic, "--x25519", ...legal),
          provider.run<Uploaded[]>("provider", "upload", ...samples.filter(isClientSide).map(({ file }) => file), "--client-side", ...legal),
          provider.run<Uploaded[]>("provider", "upload", ...anonymous, "--anonymous", "--payee", addressOf(payout), ...legal),
        ]);
        uploads = answers.flat();
      },
    },
    {
      name: "the provider signs the consents, one as a member of the ring; the listings go on the chain",
      async run() {
        const published = await Promise.all(uploads.map(({ id }) => provider.run<Published>("provider", "publish", id, "--price", wholePrice)));
        records = uploads.map((uploaded, index) => {
          const sample = samples.find(({ file }) => file === uploaded.file);
          if (!sample || !published[index]) throw new Error("An upload came back without its file.");
          return { ...sample, uploaded, listingId: published[index].listingId };
        });
        if (published.some(({ tradable }) => tradable)) throw new Error("A listing is tradable before its audit.");
        for (const record of records) {
          const { terms } = await buyer.run<{ terms: { provider: string; payee: string } }>("listing", "show", record.listingId);
          const named = terms.provider.toLowerCase() === addressOf(provider).toLowerCase() || terms.payee.toLowerCase() === addressOf(provider).toLowerCase();
          if (named === isAnonymous(record)) throw new Error(`${record.name}: the chain ${named ? "names" : "does not name"} its provider.`);
        }
        return latest(published);
      },
    },
    {
      name: "a purchase before the audit is refused, by the API and by the contract",
      async run() {
        const listing = listingOf("FHIR");
        await refused("purchase before approval, asked of the API", ["NOT_TRADABLE"], () => buyer.run("buyer", "buy", listing, "--purpose", "GENERAL_RESEARCH"));
        await refused("purchase before approval, sent to the contract", ["TX_REVERTED"], () => buyer.run("buyer", "buy", listing, "--purpose", "GENERAL_RESEARCH", "--direct"));
      },
    },
    {
      name: "the auditors see the listings arrive on their subscriptions",
      async run() {
        await watching;
        for (const [name, seen] of queues) {
          const missing = records.filter(({ listingId }) => !seen.has(listingId));
          if (missing.length > 0) throw new Error(`${name} was not told of ${missing.map(({ listingId }) => listingId).join(", ")}.`);
        }
      },
    },
    ...(assigned
      ? [
          {
            name: "the lot falls on two of three auditors for each listing, and anyone can recompute it",
            async run() {
              for (const { listingId } of records) {
                const { auditors: accounts } = await whenDrawn(() => buyer.run<{ auditors: string[] }>("verify", "draw", listingId));
                drawn.set(listingId, everyAuditor.filter((auditor) => accounts.some((account) => account.toLowerCase() === addressOf(auditor).toLowerCase())));
              }
              attending.abort();
              await attendance;
              if (![...drawn.values()].every(({ length }) => length === 2)) throw new Error("Not two auditors a listing.");
              const [listing = "", two = []] = [...drawn][0] ?? [];
              const other = everyAuditor.find((auditor) => !two.includes(auditor));
              if (other) await refused("vote of an auditor on whom the lot did not fall", ["TX_REVERTED", "NOT_DRAWN"], () => other.run("audit", "approve", listing));
            },
          },
        ]
      : []),
    {
      name: "two auditors decrypt and inspect each record with their own keys",
      async run() {
        const inspections = await Promise.all(
          judges().map(async (auditor) => {
            const listings = judged(auditor);
            const { inspected } = await auditor.run<{ inspected: { listingId: string; sha256: string }[] }>("audit", "inspect", ...listings, "--output", join(folder, auditor.name, "inspected"));
            return { listings, inspected };
          }),
        );
        const [reader] = judges();
        await reader?.run("audit", "evidence", ...judged(reader), "--output", join(folder, reader.name, "evidence"));
        for (const { listings, inspected } of inspections) {
          for (const { uploaded, listingId, name } of records.filter((record) => listings.includes(record.listingId))) {
            if (inspected.find((each) => each.listingId === listingId)?.sha256 !== uploaded.deidentifiedSha256) throw new Error(`An auditor saw another file than ${name}.`);
          }
        }
      },
    },
    {
      name: "two of three auditors approve; the listings become tradable",
      async run() {
        const listings = records.map(({ listingId }) => listingId);
        const votes = await Promise.all(judges().map((auditor) => auditor.run<{ votes: Required<Mark>[] }>("audit", "approve", ...judged(auditor))));
        const shown = await Promise.all(listings.map((id) => buyer.run<{ tradable: boolean }>("listing", "show", id)));
        if (!shown.every(({ tradable }) => tradable)) throw new Error("A listing is not tradable after two approvals.");
        return latest(votes.flatMap((each) => each.votes));
      },
    },
    {
      name: "an outsider without accreditation is refused, by the API and by the contract",
      async run() {
        const listing = listingOf("FHIR");
        await refused("purchase without accreditation, asked of the API", ["NOT_ACCREDITED"], () => outsider.run("buyer", "buy", listing, "--purpose", "GENERAL_RESEARCH"));
        await refused("purchase without accreditation, sent to the contract", ["TX_REVERTED"], () => outsider.run("buyer", "buy", listing, "--purpose", "GENERAL_RESEARCH", "--direct"));
        await refused("purpose that the provider did not consent to", ["PURPOSE_NOT_ALLOWED"], () => buyer.run("buyer", "buy", listing, "--purpose", "COMMERCIAL"));
      },
    },
    {
      name: "the buyers pay into escrow, one transaction each, by permit",
      async run() {
        const classic = records.filter(({ format }) => format === "CSV").map(({ listingId }) => listingId);
        const others = records.filter(({ format }) => format !== "CSV").map(({ listingId }) => listingId);
        const [first, second] = await Promise.all([
          buyer.run<Bought>("buyer", "buy", ...others, "--purpose", "GENERAL_RESEARCH"),
          secondBuyer.run<Bought>("buyer", "buy", ...classic, "--purpose", "GENERAL_RESEARCH"),
        ]);
        orders = [
          { buyer, orderIds: first.orders.map(({ orderId }) => orderId) },
          { buyer: secondBuyer, orderIds: second.orders.map(({ orderId }) => orderId) },
        ];
        return latest([first, second]);
      },
    },
    ...(custodians === null ? [] : [{ name: `custodian ${custodians.names.at(-1)} is stopped: the others are enough`, run: () => custodians.stopOne() }]),
    {
      name: "keys are re-wrapped and delivered; the buyers download, decrypt and verify",
      async run() {
        const answers = await Promise.all(
          orders.map((each) => each.buyer.run<{ fetched: Fetched[] }>("buyer", "fetch", ...each.orderIds, "--age", "--output", join(folder, each.buyer.name, "bought"))),
        );
        fetched = answers.flatMap((answer) => answer.fetched);
        const tool = await stockAge();
        for (const record of records) {
          const got = fetched.find(({ listingId }) => listingId === record.listingId);
          if (!got) throw new Error(`${record.name} was not delivered.`);
          const owner = record.format === "CSV" ? secondBuyer : buyer;
          const byStockAge = await decryptWithStockAge(tool, { suite: record.format === "CSV" ? "x25519" : "post-quantum", ageFile: got.ageFile, identityFile: join(folder, "people", owner.name, "identity.age") });
          files.push({
            name: record.name,
            format: record.format,
            price: record.uploaded.prediction,
            sha256: { deidentified: record.uploaded.deidentifiedSha256, decrypted: got.sha256 },
            plaintextRoot: { chain: got.chainRoot, recomputed: got.plaintextRoot },
            ...(byStockAge === null ? {} : { stockAge: byStockAge }),
          });
        }
        for (const file of files) {
          const same = file.sha256.deidentified === file.sha256.decrypted && file.plaintextRoot.chain === file.plaintextRoot.recomputed && (file.stockAge ?? file.sha256.decrypted) === file.sha256.decrypted;
          if (!same) throw new Error(`${file.name}: what was decrypted is not what was de-identified.`);
        }
        return latest(fetched);
      },
    },
    {
      name: "the buyers settle",
      async run() {
        const answers = await Promise.all(orders.map((each) => each.buyer.run<{ settled: Required<Mark>[] }>("buyer", "settle", ...each.orderIds)));
        return latest(answers.flatMap(({ settled }) => settled));
      },
    },
    {
      name: "the provider is paid, for the anonymous record by the one-time account",
      async run() {
        const paid = await provider.run<Mark & { amount: string }>("provider", "withdraw");
        const secretly = await payout.run<Mark & { amount: string }>("provider", "withdraw");
        if (BigInt(paid.amount) <= 0n || BigInt(secretly.amount) <= 0n) throw new Error("The provider was paid nothing.");
        return secretly;
      },
    },
    {
      name: "the price model learns from these sales; too few to judge it, so the one before goes on serving",
      async run() {
        const trained = await cast.operate<{ taught: { full: number; downWeighted: number }; comparison: { tested: number; reason: string }; promoted: boolean }>("model", "train", "--simulated-rows", "2000", "--epochs", "2");
        const sales = trained.taught.full + trained.taught.downWeighted + trained.comparison.tested;
        if (sales !== records.length || trained.promoted) throw new Error(`The model learned from ${sales} sales: ${trained.comparison.reason}`);
      },
    },
    {
      name: "a second buyer's key, an outsider's token, an expired and a forged link are refused",
      async run() {
        const target = fetched.find(({ listingId }) => listingId === listingOf("FHIR"));
        if (!target) throw new Error("Nothing was delivered to try.");
        const scratch = join(folder, "refused");
        await mkdir(scratch, { recursive: true });
        await refused("a second buyer's key on the first one's file", ["DECRYPTION_FAILED"], () => secondBuyer.run("decrypt", target.ageFile, "--output", join(scratch, "by-key")));
        await refused("a second buyer's token on the first one's delivery", ["NOT_FOUND", "FORBIDDEN"], () => secondBuyer.run("buyer", "open", target.grantId, target.listingId, "--output", join(scratch, "by-token")));
        await refused("an outsider's token on a delivery", ["NOT_FOUND", "FORBIDDEN"], () => outsider.run("buyer", "open", target.grantId, target.listingId, "--output", join(scratch, "by-outsider")));
        await refused("an outsider's token on the audit queue", ["FORBIDDEN", "NOT_ACCREDITED"], () => outsider.run("audit", "watch", "--count", "1"));
        const link = await buyer.run<{ url: string; expiresAt: string }>("buyer", "link", target.grantId, "--seconds", "1");
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(link.expiresAt) - Date.now()) + 200));
        await refused("an expired link", ["LINK_EXPIRED"], () => buyer.run("buyer", "download", link.url, "--output", join(scratch, "by-link")));
        const { url } = await buyer.run<{ url: string }>("buyer", "link", target.grantId);
        await refused("a forged link", ["LINK_INVALID"], () => outsider.run("buyer", "download", forge(url), "--output", join(scratch, "by-forgery")));
      },
    },
    {
      name: "every access is in the log, its Merkle root is on the chain, and the chain tells it by its number",
      async run() {
        const listing = listingOf("FHIR");
        const log = await provider.run<AccessRecord[]>("access", "log", "--listing", listing, "--anchored");
        if (!log.some(({ action, outcome }) => action === "BYTES" && outcome === "OK")) throw new Error(`The log does not show the download: ${JSON.stringify(log.map(({ action, outcome }) => `${action} ${outcome}`))}`);
        const anchors = log.flatMap(({ batch }) => (batch?.transactionHash ? [{ tx: batch.transactionHash, block: batch.block, blockTime: batch.time }] : []));
        if (anchors.length !== log.length || !log.every(({ told }) => told)) throw new Error("Not every access is anchored and told yet.");
        for (const [actor, ...of] of [[provider, "--listing", listing], [auditors[0]]] as [Actor, ...string[]][]) {
          const verified = await actor.run<{ records: number; anchored: number; told: number }>("verify", "access", ...of);
          if (verified.anchored < log.length || verified.told < log.length) throw new Error(`The chain does not show every access: ${JSON.stringify(verified)}`);
        }
        return latest(anchors);
      },
    },
  ];

  if (custodians !== null) steps.push(custodiansTell(custodians));
  return {
    steps,
    files,
    refusals,
    async accounts() {
      const everybody = [provider, ...crowd, payout, ...everyAuditor, buyer, outsider, registrar, treasurer];
      const made = await Promise.all([
        ...everybody.map((actor) => actor.run<{ address: string }>("account", "create").then(({ address }) => [actor.name, address] as const)),
        secondBuyer.run<{ address: string }>("account", "create", "--x25519").then(({ address }) => [secondBuyer.name, address] as const),
      ]);
      for (const [name, address] of made) addresses.set(name, address);
      return { registrar: addressOf(registrar), treasurer: addressOf(treasurer) };
    },
  };
}
