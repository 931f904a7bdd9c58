import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbiCoder, Contract, hexlify, id, type InterfaceAbi, type JsonRpcProvider, keccak256, NonceManager, randomBytes, Signature } from "ethers";
import { deploy } from "../../contracts/script/deploy.js";
import { toHex } from "../../crypto/bytes.js";
import { listingScope } from "../../crypto/ring/challenge.js";
import { makeRing, newRingKey, ringHash, ringPoints } from "../../crypto/ring/ring.js";
import { signRing } from "../../crypto/ring/sign-ring.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import { paymentTokenAbi } from "../../schema/abi/payment-token.js";
import { Role } from "../../schema/market.js";
import { packListing } from "../../schema/pack-listing.js";
import { gasOf, newSender, type Sender } from "./send.js";

const word = (): string => hexlify(randomBytes(32));
const price = 1_000_000n;
const far = 4_102_444_800n;
const consentType = { ListingConsent: [["listingId", "bytes32"], ["price", "uint64"], ["purposes", "uint32"], ["deadline", "uint256"]] };
const types = (fields: Record<string, string[][]>) =>
  Object.fromEntries(Object.entries(fields).map(([name, list]) => [name, list.map(([field, type]) => ({ name: field!, type: type! }))]));

/** A market with everybody in it, on the bench's chain. */
export async function openMarket(provider: JsonRpcProvider) {
  const [admin, relayer, deliverer, owner, buyer, payee, first, second] = Array.from({ length: 8 }, () => newSender(provider)) as Sender[] as [
    Sender, Sender, Sender, Sender, Sender, Sender, Sender, Sender,
  ];
  const directory = mkdtempSync(join(tmpdir(), "galen-gas-"));
  const { address } = admin.wallet;
  const deployment = await deploy({
    signer: new NonceManager(admin.wallet),
    directory,
    parameters: {
      registrar: address, pauser: address, treasurer: address, treasury: newSender(provider).wallet.address,
      token: { name: "Test Dollar", symbol: "tUSD" }, feeBps: 250, quorum: 2,
      deliveryWindow: 86_400, settleWindow: 3_600, maxPause: 86_400, delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 },
      platform: [{ account: relayer.wallet.address, roles: Role.RELAYER }, { account: deliverer.wallet.address, roles: Role.DELIVERER }],
    },
  }).finally(() => rmSync(directory, { recursive: true, force: true }));
  const market = new Contract(deployment.marketplace, marketplaceAbi as InterfaceAbi, provider);
  const token = new Contract(deployment.token, paymentTokenAbi as InterfaceAbi, provider);
  const { chainId } = await provider.getNetwork();
  const domain = { name: "Galen Marketplace", version: "1", chainId, verifyingContract: deployment.marketplace };
  const register = (who: Sender, roles: number, auditorSlot: number) => ({
    account: who.wallet.address, institution: id("institution"), roles, kind: 1, auditorSlot, validUntil: far, credentialCommitment: word(), recipientCommitment: hexlify(randomBytes(20)),
  });
  await admin.send(market, "registerParticipants", [[register(owner, Role.PROVIDER, 0), register(buyer, Role.BUYER, 0), register(first, Role.AUDITOR, 0), register(second, Role.AUDITOR, 1)]]);
  const fund = async (account: string, amount: bigint): Promise<void> => void (await admin.send(token, "mint", [account, amount, word()]));
  await fund(buyer.wallet.address, 10n ** 12n);

  const newTerms = (anonymous = false) => ({
    provider: anonymous ? `0x${"00".repeat(20)}` : owner.wallet.address,
    payee: payee.wallet.address,
    contentHash: word(), plaintextRoot: word(), ciphertextRoot: word(), keyCommitment: word(), metadataHash: word(), legalEvidenceHash: word(),
    previousId: `0x${"00".repeat(32)}`, dataKind: 1, region: 276,
  });
  type Terms = ReturnType<typeof newTerms>;
  const offer = { price, purposes: 7, p10: 500_000n, p50: 1_000_000n, p90: 2_000_000n, modelHash: word() };
  const idOf = async (terms: Terms): Promise<string> => (await market.getFunction("listingIdOf")(terms)) as string;
  const consentOf = (listingId: string) => ({ listingId, price: offer.price, purposes: offer.purposes, deadline: far });

  const list = async (terms: Terms): Promise<number> => {
    const consent = await owner.wallet.signTypedData(domain, types(consentType), consentOf(await idOf(terms)));
    return gasOf(await relayer.send(market, "list", [terms, offer, far, consent]));
  };
  const listBatch = async (batch: Terms[]): Promise<number> => {
    const consents = await Promise.all(batch.map(async (terms) => consentOf(await idOf(terms))));
    const consent = await owner.wallet.signTypedData(domain, types({ ListingBatch: [["consents", "ListingConsent[]"]], ...consentType }), { consents });
    return gasOf(await relayer.send(market, "listBatch", [owner.wallet.address, batch.map((terms) => packListing(terms, offer)), far, consent]));
  };
  const approveSigned = async (batch: Terms[]): Promise<number> => {
    const listingIds = await Promise.all(batch.map(idOf));
    const votes = { listingIds, approve: true, reason: 0, deadline: far };
    const voteTypes = types({ AuditVotes: [["listingIds", "bytes32[]"], ["approve", "bool"], ["reason", "uint16"], ["deadline", "uint256"]] });
    const signatures = await Promise.all([first, second].map(({ wallet }) => wallet.signTypedData(domain, voteTypes, votes)));
    return gasOf(await relayer.send(market, "voteBySignatures", [listingIds, true, 0, far, signatures]));
  };
  const approveEach = async (terms: Terms): Promise<number> => {
    const listingId = await idOf(terms);
    let gas = 0;
    for (const auditor of [first, second]) gas += gasOf(await auditor.send(market, "vote", [listingId, true, 0]));
    return gas;
  };
  const ringKeys = Array.from({ length: 16 }, newRingKey);
  const ring = makeRing(ringKeys.map(({ publicKey }) => publicKey));
  await admin.send(market, "registerRing", [ringPoints(ring), 1000, 86_400]);
  const listAnonymously = async (terms: Terms): Promise<number> => {
    const listingId = await idOf(terms);
    const abi = AbiCoder.defaultAbiCoder();
    const typeHash = id("ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)");
    const message = keccak256(abi.encode(["bytes32", "bytes32", "uint64", "uint32", "uint256"], [typeHash, listingId, offer.price, offer.purposes, far]));
    const scope = toHex(listingScope(deployment.marketplace, terms.contentHash));
    const signature = signRing({ chainId, market: deployment.marketplace, message, scope }, ring, ringKeys[0]!.secret);
    return gasOf(await relayer.send(market, "listAnonymously", [terms, offer, far, toHex(ringHash(ring)), signature]));
  };

  const tradable = async (): Promise<Terms> => {
    const terms = newTerms();
    await list(terms);
    await approveSigned([terms]);
    return terms;
  };
  const item = async (terms: Terms, salt: string) => ({ listingId: await idOf(terms), maxPrice: price, purpose: 1, salt });
  const approveToken = async (amount: bigint): Promise<number> => gasOf(await buyer.send(token, "approve", [deployment.marketplace, amount]));
  const purchase = async (terms: Terms, salt: string): Promise<number> => gasOf(await buyer.send(market, "purchase", [[await item(terms, salt)]]));
  const purchaseWithPermit = async (terms: Terms, salt: string): Promise<number> => {
    const nonce = (await token.getFunction("nonces")(buyer.wallet.address)) as bigint;
    const permitTypes = types({ Permit: [["owner", "address"], ["spender", "address"], ["value", "uint256"], ["nonce", "uint256"], ["deadline", "uint256"]] });
    const permitDomain = { name: "Test Dollar", version: "1", chainId, verifyingContract: deployment.token };
    const message = { owner: buyer.wallet.address, spender: deployment.marketplace, value: price, nonce, deadline: far };
    const { v, r, s } = Signature.from(await buyer.wallet.signTypedData(permitDomain, permitTypes, message));
    return gasOf(await buyer.send(market, "purchaseWithPermit", [[await item(terms, salt)], { value: price, deadline: far, v, r, s }]));
  };
  const deliver = async (terms: Terms, salt: string): Promise<number> => {
    const orderId = (await market.getFunction("orderIdOf")(await idOf(terms), buyer.wallet.address, salt)) as string;
    return gasOf(await deliverer.send(market, "deliver", [orderId, word()]));
  };
  const settle = async (terms: Terms, salt: string): Promise<number> => gasOf(await buyer.send(market, "settle", [terms, buyer.wallet.address, salt]));
  const withdraw = async (): Promise<number> => gasOf(await payee.send(market, "withdraw", [payee.wallet.address]));

  return { token, fund, word, newTerms, tradable, list, listBatch, approveSigned, approveEach, listAnonymously, approveToken, purchase, purchaseWithPermit, deliver, settle, withdraw };
}
