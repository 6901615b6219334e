import { parentPort } from 'node:worker_threads'
import type { CoseKey } from '#workflows/ledger/cose-key.ts'
import { sha256 } from '#app/utils/sha256.server.ts'
import { verifyPath } from '#workflows/ledger/proofs.ts'
import { verifyAssertion } from './node-crypto.server.ts'
import type { Batch, Check, Results } from './second-thread.server.ts'

// Checks what it is sent, batch by batch, and says which of it holds.
const keys = new Map<number, CoseKey>()

function holds(check: Check): boolean {
	if ('leaf' in check) return verifyPath(check.leaf, check.hash, check.path, sha256)
	const key = keys.get(check.key)
	return key !== undefined && verifyAssertion(key, check.message, check.signature)
}

parentPort?.on('message', ({ keys: added, checks }: Batch) => {
	for (const [number, key] of added) keys.set(number, key)
	parentPort?.postMessage(checks.map(holds) satisfies Results)
})
