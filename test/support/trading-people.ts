import { Wallet } from "ethers";
import { accredit, createClient, mint, openContracts, operations, signIn, type Contracts, type GalenClient } from "../../client/index.js";
import { nodeCrypto } from "../../crypto/node.js";
import type { TestApi, TestWallet } from "./with-api.js";

const roles = [["provider", "PROVIDER"], ["auditor", "AUDITOR"], ["second", "AUDITOR"], ["buyer", "BUYER"]] as const;
export type TradingPerson = (typeof roles)[number][0] | "registrar";

export interface TradingPeople {
  readonly wallets: Readonly<Record<TradingPerson, TestWallet>>;
  /** Signed in. */
  readonly clients: Readonly<Record<TradingPerson, GalenClient>>;
  readonly identities: Readonly<Record<TradingPerson, { identity: string; recipient: string }>>;
  /** Its provider is the caller's to destroy. */
  readonly contracts: Contracts;
}

/** A provider, two auditors, a buyer with 50 tokens and the registrar, who signed in, applied and were accredited as people do it. @param apiUrl - where they reach the api */
export async function tradingPeople(t: TestApi, apiUrl = t.url): Promise<TradingPeople> {
  const wallets = {} as Record<TradingPerson, TestWallet>;
  const clients = {} as Record<TradingPerson, GalenClient>;
  const identities = {} as Record<TradingPerson, { identity: string; recipient: string }>;
  for (const name of [...roles.map(([person]) => person), "registrar"] as const) {
    wallets[name] = name === "registrar" ? t.wallets.registrar : Wallet.createRandom(t.provider);
    identities[name] = nodeCrypto.generateIdentity();
    clients[name] = createClient({ apiUrl });
    await signIn(clients[name], wallets[name]);
  }
  const contracts = await openContracts(clients.registrar);
  for (const [name, role] of roles) {
    await clients[name].request(operations.applyForAccreditation, { input: { roles: [role], kind: "HOSPITAL", institutionName: name, credential: name, recipient: identities[name].recipient } });
  }
  const { accreditationQueue: applications } = await clients.registrar.request(operations.accreditationQueue, {});
  await accredit(contracts, wallets.registrar.connect(t.provider), { applications, validUntil: 4_000_000_000 });
  await mint(contracts, t.wallets.treasurer.connect(t.provider), { to: wallets.buyer.address, amount: 50_000_000n, bankReference: "wire" });
  await t.untilIndexed();
  return { wallets, clients, identities, contracts };
}
