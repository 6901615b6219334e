import { amendments } from './amendments.ts'
import { api } from './api.ts'
import { audit } from './audit.ts'
import { breakGlass } from './break-glass.ts'
import { bundle } from './bundle.ts'
import { charter } from './charter.ts'
import { delivery } from './delivery.ts'
import { due } from './due.ts'
import { erasure } from './erasure.ts'
import { entraRoles } from './entra-roles.ts'
import { errors } from './errors.ts'
import { explain } from './explain.ts'
import { facilities } from './facilities.ts'
import { facts } from './facts.ts'
import { findings } from './findings.ts'
import { forecast } from './forecast.ts'
import { grants } from './grants.ts'
import { home } from './home.ts'
import { imports } from './imports.ts'
import { kinds } from './kinds.ts'
import { lapse } from './lapse.ts'
import { lockbox } from './lockbox.ts'
import { notify } from './notify.ts'
import { passkeys } from './passkeys.ts'
import { people } from './people.ts'
import { personFile } from './person-file.ts'
import { places } from './places.ts'
import { question } from './question.ts'
import { readiness } from './readiness.ts'
import { reasons } from './reasons.ts'
import { queue } from './queue.ts'
import { record } from './record.ts'
import { requests } from './requests.ts'
import { roster } from './roster.ts'
import { shares } from './shares.ts'
import { shell } from './shell.ts'
import { signIn } from './sign-in.ts'
import { state } from './state.ts'
import { suspension } from './suspension.ts'
import { tenant } from './tenant.ts'
import { titles } from './titles.ts'
import { trouble } from './trouble.ts'
import { vetting } from './vetting.ts'
import { witness } from './witness.ts'

export const en = {
	amendments,
	api,
	audit,
	breakGlass,
	lockbox,
	bundle,
	charter,
	delivery,
	due,
	entraRoles,
	erasure,
	errors,
	explain,
	facilities,
	facts,
	findings,
	forecast,
	grants,
	home,
	imports,
	kinds,
	lapse,
	notify,
	passkeys,
	people,
	personFile,
	places,
	question,
	queue,
	readiness,
	reasons,
	record,
	requests,
	roster,
	shares,
	shell,
	signIn,
	state,
	suspension,
	tenant,
	titles,
	trouble,
	vetting,
	witness,
}
