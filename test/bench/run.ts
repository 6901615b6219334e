import { benchEligibility } from './eligibility.ts'
import { benchExport } from './ledger/export.ts'
import { benchVerify } from './ledger/verify.ts'

/** `npm run bench -- NAME`: measures and prints JSON lines. Nothing here passes or fails by time. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
	eligibility: benchEligibility,
	export: benchExport,
	verify: benchVerify,
}

const [name = ''] = process.argv.slice(2)
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
if (bench) await bench()
else {
	console.error(`No benchmark is called "${name}". Use one of: ${Object.keys(BENCHES).join(', ')}.`)
	process.exitCode = 2
}
