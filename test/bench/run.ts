import { benchCascade } from './cascade.ts'
import { benchEligibility } from './eligibility.ts'
import { benchDrift } from './entra/drift.ts'
import { benchForecast } from './forecast.ts'
import { benchHome } from './home.ts'
import { benchImport } from './import.ts'
import { benchLedger } from './ledger.ts'
import { benchQueue } from './queue.ts'
import { benchSearch } from './search.ts'
import { benchWorkflow } from './workflow.ts'

/** `npm run bench -- NAME [PART...]`: measures and prints JSON lines. Nothing here passes or fails by time. */
const BENCHES: Readonly<Record<string, (parts: readonly string[]) => Promise<void>>> = {
	cascade: benchCascade,
	eligibility: benchEligibility,
	'entra-drift': benchDrift,
	forecast: benchForecast,
	home: benchHome,
	import: benchImport,
	ledger: benchLedger,
	queue: benchQueue,
	search: benchSearch,
	workflow: benchWorkflow,
}

const [name = '', ...parts] = process.argv.slice(2)
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
if (bench) await bench(parts)
else {
	console.error(`No benchmark is called "${name}". Use one of: ${Object.keys(BENCHES).join(', ')}.`)
	process.exitCode = 2
}
