import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Contract, getBytes, type InterfaceAbi, type Interface, type JsonRpcProvider, keccak256, parseEther, solidityPackedKeccak256, toUtf8Bytes, hexlify, Signature, type TransactionReceipt, ZeroAddress } from "ethers";
import { packageRoot } from "../../platform/package-root.js";
import { gasOf, newSender, type Sender } from "./send.js";

/** Gas of Ocean's steps, template 2 (enterprise), each the second time it is done: nothing is charged for first writes. */
export interface OceanGas {
  /** createNftWithErc20WithFixedRate */
  create: number;
  /** setMetaData with an encrypted description of 1.2 kB */
  describe: number;
  /** approve of the payment token, when an allowance was there before */
  approve: number;
  /** buyFromFreAndOrder */
  buy: number;
  /** orderExecuted */
  executed: number;
}

interface Artifact {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
}

const folder = join(packageRoot(), "bench/peers/ocean");

/** Installs the peer where it is missing, by its own lockfile. */
export function installOcean(): void {
  if (existsSync(join(folder, "node_modules/@oceanprotocol/contracts"))) return;
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

const artifact = (path: string): Artifact =>
  JSON.parse(readFileSync(join(folder, "node_modules/@oceanprotocol/contracts/artifacts/contracts", `${path}.json`), "utf8")) as Artifact;

/** Deploys Ocean's contracts and measures two rounds of its way of selling. @param base - the payment token. @param fund - gives its buyer money. */
export async function measureOcean(provider: JsonRpcProvider, base: Contract, fund: (account: string, amount: bigint) => Promise<void>): Promise<OceanGas> {
  const [owner, publisher, buyer, collector, operator] = Array.from({ length: 5 }, () => newSender(provider)) as [Sender, Sender, Sender, Sender, Sender];
  const deploy = (path: string, ...args: unknown[]): Promise<Contract> => {
    const { abi, bytecode } = artifact(path);
    return owner.deploy(abi, bytecode, args);
  };
  const nftArtifact = artifact("templates/ERC721Template.sol/ERC721Template");
  const tokenArtifact = artifact("templates/ERC20TemplateEnterprise.sol/ERC20TemplateEnterprise");
  const router = await deploy("pools/FactoryRouter.sol/FactoryRouter", owner.wallet.address, base.target, `0x${"de".repeat(20)}`, collector.wallet.address, []);
  const first = await deploy("templates/ERC20Template.sol/ERC20Template");
  const enterprise = await deploy("templates/ERC20TemplateEnterprise.sol/ERC20TemplateEnterprise");
  const nft = await deploy("templates/ERC721Template.sol/ERC721Template");
  const factory = await deploy("ERC721Factory.sol/ERC721Factory", nft.target, first.target, router.target);
  const exchange = await deploy("pools/fixedRate/FixedRateExchange.sol/FixedRateExchange", router.target);
  await owner.send(factory, "addTokenTemplate", [enterprise.target]);
  await owner.send(router, "addFactory", [factory.target]);
  await owner.send(router, "addFixedRateContract", [exchange.target]);
  await owner.send(router, "addApprovedToken", [base.target]);
  await fund(buyer.wallet.address, parseEther("100"));

  const gas: OceanGas = { create: 0, describe: 0, approve: 0, buy: 0, executed: 0 };
  for (let round = 0; round < 2; round++) {
    const created = await publisher.send(factory, "createNftWithErc20WithFixedRate", [
      { name: "DN", symbol: "DNS", templateIndex: 1, tokenURI: "https://oceanprotocol.com/nft/", transferable: true, owner: publisher.wallet.address },
      { templateIndex: 2, strings: ["DT", "DTS"], addresses: [publisher.wallet.address, ZeroAddress, ZeroAddress, ZeroAddress], uints: [parseEther("1000"), 0n], bytess: [] },
      { fixedPriceAddress: exchange.target, addresses: [base.target, publisher.wallet.address, publisher.wallet.address, ZeroAddress], uints: [18n, 18n, parseEther("1"), 0n, 1n] },
    ]);
    gas.create = gasOf(created);
    const nftAddress = argument(created, factory.interface, "NFTCreated", "newTokenAddress");
    const tokenAddress = argument(created, factory.interface, "TokenCreated", "newTokenAddress");
    const exchangeId = argument(created, exchange.interface, "ExchangeCreated", "exchangeId");
    const description = `0x${"ab".repeat(1200)}`;
    gas.describe = gasOf(
      await publisher.send(new Contract(nftAddress, nftArtifact.abi, provider), "setMetaData", [0, "https://provider.example", "0x123", "0x02", description, keccak256(description), []]),
    );
    const dataToken = new Contract(tokenAddress, tokenArtifact.abi, provider);
    await buyer.send(base, "approve", [tokenAddress, parseEther("5")]);
    gas.approve = gasOf(await buyer.send(base, "approve", [tokenAddress, parseEther("10")]));

    const providerData = hexlify(toUtf8Bytes('{"timeout":0}'));
    const fee = solidityPackedKeccak256(["bytes", "address", "address", "uint256", "uint256"], [providerData, operator.wallet.address, ZeroAddress, 0n, 0n]);
    const { v, r, s } = Signature.from(await operator.wallet.signMessage(getBytes(fee)));
    const bought = await buyer.send(dataToken, "buyFromFreAndOrder", [
      {
        consumer: buyer.wallet.address,
        serviceIndex: 0,
        _providerFee: { providerFeeAddress: operator.wallet.address, providerFeeToken: ZeroAddress, providerFeeAmount: 0n, v, r, s, validUntil: 0n, providerData },
        _consumeMarketFee: { consumeMarketFeeAddress: ZeroAddress, consumeMarketFeeToken: ZeroAddress, consumeMarketFeeAmount: 0n },
      },
      { exchangeContract: exchange.target, exchangeId, maxBaseTokenAmount: parseEther("2"), swapMarketFee: 0n, marketFeeAddress: ZeroAddress },
    ]);
    gas.buy = gasOf(bought);

    const done = hexlify(toUtf8Bytes("delivered"));
    const proof = await operator.wallet.signMessage(getBytes(solidityPackedKeccak256(["bytes32", "bytes"], [bought.hash, providerData])));
    const receipt = await buyer.wallet.signMessage(getBytes(solidityPackedKeccak256(["bytes"], [done])));
    gas.executed = gasOf(await operator.send(dataToken, "orderExecuted", [bought.hash, providerData, proof, done, receipt, buyer.wallet.address]));
  }
  return gas;
}

/** @returns an argument of the first event of that name in a receipt. */
function argument(receipt: TransactionReceipt, abi: Interface, event: string, name: string): string {
  for (const log of receipt.logs) {
    const parsed = abi.parseLog(log);
    if (parsed?.name === event) return String(parsed.args.getValue(name));
  }
  throw new Error(`No event ${event}.`);
}
