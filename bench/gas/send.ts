import { Contract, ContractFactory, type ContractTransactionResponse, type InterfaceAbi, type JsonRpcProvider, type TransactionReceipt, Wallet } from "ethers";

/** Who sends what on the bench's own chain, where gas has no price: any key will do. */
export interface Sender {
  readonly wallet: Wallet;
  /** @returns the receipt; throws if the transaction reverts. */
  send(contract: Contract, method: string, args: readonly unknown[]): Promise<TransactionReceipt>;
  deploy(abi: InterfaceAbi, bytecode: string, args?: readonly unknown[]): Promise<Contract>;
}

const free = { type: 0, gasPrice: 0n } as const;

export function newSender(provider: JsonRpcProvider): Sender {
  const wallet = new Wallet(Wallet.createRandom().privateKey, provider);
  const mined = async (hash: string): Promise<TransactionReceipt> => {
    for (;;) {
      const receipt = await provider.getTransactionReceipt(hash);
      if (receipt !== null) {
        if (receipt.status !== 1) throw new Error(`Transaction ${hash} reverted.`);
        return receipt;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return {
    wallet,
    async send(contract, method, args) {
      const connected = contract.connect(wallet) as Contract;
      const response = (await connected.getFunction(method)(...args, free)) as ContractTransactionResponse;
      return mined(response.hash);
    },
    async deploy(abi, bytecode, args = []) {
      const transaction = await new ContractFactory(abi, bytecode, wallet).getDeployTransaction(...args);
      const { hash } = await wallet.sendTransaction({ ...transaction, ...free });
      const { contractAddress } = await mined(hash);
      return new Contract(contractAddress!, abi, provider);
    },
  };
}

export const gasOf = (receipt: TransactionReceipt): number => Number(receipt.gasUsed);
