import { copyFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sandboxCertificates } from '#app/sandbox/tenant/certificates.ts'

const FOLDER = 'sandbox-certificates'

/** Makes the certificates of the sandbox tenant once for a run: four key pairs take longer than most tests. */
export async function makeSandboxCertificates(temporary: string): Promise<void> {
	await sandboxCertificates(join(temporary, FOLDER), new Date())
}

/** Puts them where a sandbox that is to start will look for its own. */
export function placeSandboxCertificates(folder: string): void {
	// The folder around it is passable, as where Charterkeep makes it: PostgreSQL may run in it as another user.
	mkdirSync(dirname(folder), { recursive: true, mode: 0o711 })
	mkdirSync(folder, { recursive: true, mode: 0o700 })
	copyFileSync(join(tmpdir(), FOLDER, 'certificates.json'), join(folder, 'certificates.json'))
}
