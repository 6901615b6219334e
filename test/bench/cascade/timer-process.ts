import { setTimeout as pause } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import type { ConnectionTarget } from '#db/client.ts'
import { openDeps } from './stage.ts'

// One worker: fires whatever is due from the moment given until nothing has been due for a while.
const { target, startAt } = JSON.parse(await text(process.stdin)) as {
	target: ConnectionTarget
	startAt: number
}
const { deps, close } = await openDeps(target)
// Ready before the deadlines come, as a worker that runs is.
await fireDueTimers(deps)
await pause(Math.max(0, startAt - Date.now()))
let [fired, last] = [0, Date.now()]
while (Date.now() - last < 3000) {
	const now = await fireDueTimers(deps)
	if (now > 0) last = Date.now()
	else await pause(50)
	fired += now
}
console.log(JSON.stringify({ fired, last }))
await close()
