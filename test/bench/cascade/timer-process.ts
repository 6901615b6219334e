import { setTimeout as pause } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import type { ConnectionTarget } from '#db/client.ts'
import { openDeps } from './stage.ts'

// One worker: says that it is ready, then fires whatever is due until nothing has been due for a while.
const { target } = JSON.parse(await text(process.stdin)) as { target: ConnectionTarget }
const { deps, close } = await openDeps(target)
// As a worker that runs: its statements are planned and its code is warm.
await fireDueTimers(deps)
console.log(JSON.stringify({ ready: true }))
const givesUpAt = Date.now() + 60_000
let [fired, last] = [0, 0]
while (Date.now() < givesUpAt && (fired === 0 || Date.now() - last < 3000)) {
	const now = await fireDueTimers(deps)
	if (now > 0) last = Date.now()
	else await pause(50)
	fired += now
}
console.log(JSON.stringify({ fired, last }))
await close()
