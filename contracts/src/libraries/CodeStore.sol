// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Keeps bytes as the code of a contract: reading them costs a tenth of reading storage.
library CodeStore {
    error WriteFailed();

    /// @return store where the bytes are. They begin with a STOP, so that nothing can be executed.
    function write(bytes memory data) internal returns (address store) {
        // PUSH3 length, DUP1, PUSH1 11 (where the code begins), RETURNDATASIZE (0), CODECOPY, RETURNDATASIZE, RETURN; then
        // STOP and the data.
        bytes memory creation = abi.encodePacked(hex"62", uint24(data.length + 1), hex"80600b3d393df3", hex"00", data);
        assembly ("memory-safe") {
            store := create(0, add(creation, 0x20), mload(creation))
        }
        if (store == address(0)) revert WriteFailed();
    }

    function read(address store) internal view returns (bytes memory data) {
        assembly ("memory-safe") {
            let size := sub(extcodesize(store), 1)
            data := mload(0x40)
            mstore(0x40, and(add(add(data, size), 0x3f), not(0x1f)))
            mstore(data, size)
            extcodecopy(store, add(data, 0x20), 1, size)
        }
    }
}
