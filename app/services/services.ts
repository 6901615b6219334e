import { acceptDrift } from './access/answer-drift.server.ts'
import { askExtension } from './access/ask-extension.server.ts'
import { decideRequest, prepareDecision } from './access/decide-request.server.ts'
import { endGrant, requestOfOwnGrant, withdrawRequest } from './access/end-access.server.ts'
import { fileRequests } from './access/file-request.server.ts'
import { showGrantsNow } from './access/show-grants-now.server.ts'
import { endOwnAbsence, recordAbsence, showStandIns } from './access/absences.server.ts'
import { amendRequest, giveInformation } from './access/amend-request.server.ts'
import { askInformation } from './access/ask-information.server.ts'
import { decideMany, prepareDecisions } from './access/decide-many.server.ts'
import { discardDraft, keepLostForm, keepRequestDraft } from './access/drafts.server.ts'
import { showRequestableRoles, showRequestForm, showRequests } from './access/list-requests.server.ts'
import { showQueue } from './access/queue.server.ts'
import { repeatedRequest } from './access/repeat-request.server.ts'
import { showFiling } from './access/show-filing.server.ts'
import { showRequest } from './access/show-request.server.ts'
import { watchRequest } from './access/watch-request.server.ts'
import {
	draftAmendment,
	editAmendment,
	proposeAmendment,
	withdrawAmendment,
} from './amendments/draft-amendment.server.ts'
import { beginAmendment, reopenAmendment } from './amendments/edit-text.server.ts'
import { showAmendment, showAmendments, showOpenAmendment } from './amendments/show-amendment.server.ts'
import { exportChanges, showChanges } from './amendments/show-impact.server.ts'
import { prepareAmendment, signAmendment } from './amendments/sign-amendment.server.ts'
import { authenticate as authenticateProgram } from './api/authenticate.server.ts'
import { prepareToken, signToken } from './api/make-token.server.ts'
import { revokeToken as revokeApiToken, showTokens as showApiTokens } from './api/manage-tokens.server.ts'
import { exportBundle } from './audit/export-bundle.server.ts'
import { exportHistory } from './audit/export-history.server.ts'
import { historyChoices } from './audit/history.server.ts'
import { answerQuestion, questionCharters } from './audit/question/answer-question.server.ts'
import { questionRows } from './audit/question/question-rows.server.ts'
import { readHistory } from './audit/read-history.server.ts'
import { readersOfOwn } from './audit/readers-of.server.ts'
import { createShare } from './audit/share/create-share.server.ts'
import { endShare, showShares } from './audit/share/list-shares.server.ts'
import { openShare, takeShare } from './audit/share/open-share.server.ts'
import { showExports } from './audit/show-exports.server.ts'
import { takeNotifications } from './notifications/take-notifications.server.ts'
import { withdrawUse } from './break-glass/end-use.server.ts'
import { prepareOffline, signOffline } from './break-glass/record-offline.server.ts'
import { prepareReview, signReview } from './break-glass/review-use.server.ts'
import { prepareSecond, signSecond } from './break-glass/second-use.server.ts'
import { showProcedure, usingRoles } from './break-glass/show-procedure.server.ts'
import { hasUse, showUse } from './break-glass/show-use.server.ts'
import { showStanding, showUses } from './break-glass/show-uses.server.ts'
import { prepareUse, signUse } from './break-glass/sign-use.server.ts'
import { showDiff } from './charter/diff-charter.server.ts'
import { explainable, explainEligibility, findExplainable } from './charter/explain.server.ts'
import { showCharter, showVersion, showVersions } from './charter/show-charter.server.ts'
import { acknowledge, dismissNotices, showAlarms } from './lapse/alarms.server.ts'
import { putAllAway, putAway, showInbox } from './notify/inbox.server.ts'
import { changePreferences, showPreferences } from './notify/preferences.server.ts'
import { resendMail, showDelivery } from './notify/show-delivery.server.ts'
import {
	changeWebhookKey,
	createWebhook,
	enableWebhook,
	endWebhook,
	resendDeliveries,
	testWebhook,
} from './webhooks/manage-webhooks.server.ts'
import { prepareSuspension, signSuspension } from './suspension/sign-suspension.server.ts'
import { isSuspended, showSuspension } from './suspension/show-suspension.server.ts'
import { applyImport, discardImport } from './imports/apply.server.ts'
import { examineFile } from './imports/examine.server.ts'
import { exportImport, importTemplate, showImport, showImports } from './imports/show-import.server.ts'
import { prepareFinding, signFinding } from './findings/decide-finding.server.ts'
import { takeFinding } from './findings/take-finding.server.ts'
import { listFindings } from './findings/list-findings.server.ts'
import { lookNow } from './findings/look-now.server.ts'
import { showFinding } from './findings/show-finding.server.ts'
import { showFindings } from './findings/show-findings.server.ts'
import type { Deps } from './deps.ts'
import { exportForecast } from './forecast/export-forecast.server.ts'
import { showLapses, showRenewals } from './forecast/list-lapses.server.ts'
import { showCoverage } from './forecast/show-forecast.server.ts'
import { whatIf } from './forecast/what-if.server.ts'
import { beginEnrolment, finishEnrolment, issueLink, showLink } from './enrolment/enrolment.server.ts'
import { revokePasskey } from './enrolment/revoke-passkey.server.ts'
import { showPasskeys } from './enrolment/show-passkeys.server.ts'
import { showFrame, showMyWork } from './home/frame.server.ts'
import { showDue, showViolations } from './home/officer-day.server.ts'
import { serveTile } from './ledger/tree.server.ts'
import { askFromInside, importM365, recordLockbox } from './lockbox/bring-in.server.ts'
import { prepareLockbox, signLockbox } from './lockbox/decide-lockbox.server.ts'
import { reportSeen, reportSent, retryAnswer } from './lockbox/report.server.ts'
import { showLockbox } from './lockbox/show-lockbox.server.ts'
import { countLockboxesFor, lockboxChoices, showLockboxes } from './lockbox/show-lockboxes.server.ts'
import { currentCheckpoint, showEntry, showRecord } from './ledger/show-record.server.ts'
import { eraseKinds, previewKinds } from './people/erase-kinds.server.ts'
import { erasePerson } from './people/erase-person.server.ts'
import { changeMany, previewMany } from './people/change-many.server.ts'
import { openEvidence } from './people/evidence-file.server.ts'
import { exportPerson } from './people/export-person.server.ts'
import { debriefTravel, decideTravel, triageEvent } from './people/fact-course.server.ts'
import {
	correctFact,
	endFact,
	recordFact,
	verifyRecordedFact,
	withdrawFact,
} from './people/record-fact.server.ts'
import { changePerson, registerPerson, showIdentity } from './people/register-person.server.ts'
import { showErasure, showErasures } from './people/show-erasure.server.ts'
import { nameOfPerson, namesOfPeople, showFact } from './people/show-fact.server.ts'
import { peopleChoices, showPeople } from './people/show-people.server.ts'
import { showPerson } from './people/show-person.server.ts'
import { showRetention } from './people/show-retention.server.ts'
import { issueBadge, showBadges, takeBadge } from './presence/manage-badges.server.ts'
import { changeFeedKey, createFeed, stopFeed, uploadEvents } from './presence/manage-feeds.server.ts'
import { showFacilities } from './presence/show-facilities.server.ts'
import { takeDelivery } from './presence/take-delivery.server.ts'
import { changeTask } from './readiness/change-task.server.ts'
import { exportPlan, exportReport, printReport } from './readiness/export-report.server.ts'
import { askForReading, askForReport } from './readiness/readings.server.ts'
import { showReadiness } from './readiness/show-readiness.server.ts'
import { exportRoster } from './roster/export-roster.server.ts'
import { changeBoundary, closeBoundary, recordBoundary } from './roster/manage-boundaries.server.ts'
import { endHolder, recordHolder, recordShift, removeShift } from './roster/manage-holders.server.ts'
import { showRoster } from './roster/show-roster.server.ts'
import { answerScim } from './scim/answer-request.server.ts'
import { authenticate, makeToken, revokeToken, rotateToken, showTokens } from './scim/tokens.server.ts'
import { beginSignIn, findActor, finishSignIn, signOut } from './sign-in/sign-in.server.ts'
import { accountOf, askForRound, showAccounts } from './tenant/show-accounts.server.ts'
import { linkChosen, previewChosen, registerChosen } from './tenant/take-chosen.server.ts'
import { actOnCase } from './vetting/act-on-case.server.ts'
import { casesAbout, showCases } from './vetting/list-cases.server.ts'
import { beginCase, openCase } from './vetting/open-case.server.ts'
import { recordEvidence } from './vetting/record-evidence.server.ts'
import { showCase } from './vetting/show-case.server.ts'
import { dropProposal } from './vetting/signable.server.ts'
import { prepareCase, signCase } from './vetting/sign-case.server.ts'

export type Services = ReturnType<typeof buildServices>

type Rest<F> = F extends (deps: Deps, ...rest: infer R) => infer T ? (...rest: R) => T : never

/** Every use case of the app, made of the same dependencies. Routes see these and nothing behind them. */
export function buildServices(deps: Deps) {
	const bind = <F extends (deps: Deps, ...rest: never[]) => unknown>(useCase: F) =>
		((...rest: never[]) => useCase(deps, ...rest)) as unknown as Rest<F>
	/** What begins something anew: refused while the record is too far behind. What ends an access never is. */
	const anew = <F extends (deps: Deps, ...rest: never[]) => Promise<unknown>>(useCase: F) =>
		(async (...rest: never[]) => {
			await deps.backlog.demandRoom()
			return useCase(deps, ...rest)
		}) as unknown as Rest<F>
	return {
		now: deps.now,
		signIn: {
			begin: bind(beginSignIn),
			finish: bind(finishSignIn),
			findActor: bind(findActor),
			signOut: bind(signOut),
		},
		readiness: {
			show: bind(showReadiness),
			askForReading: anew(askForReading),
			fromFiles: anew(askForReport),
			changeTask: bind(changeTask),
			export: bind(exportReport),
			exportPlan: bind(exportPlan),
			print: bind(printReport),
		},
		enrolment: {
			issueLink: anew(issueLink),
			showLink: bind(showLink),
			begin: anew(beginEnrolment),
			finish: anew(finishEnrolment),
			passkeys: bind(showPasskeys),
			revoke: bind(revokePasskey),
		},
		home: {
			frame: bind(showFrame),
			myWork: bind(showMyWork),
			due: bind(showDue),
			violations: bind(showViolations),
		},
		people: {
			list: bind(showPeople),
			show: bind(showPerson),
			name: bind(nameOfPerson),
			names: bind(namesOfPeople),
			identity: bind(showIdentity),
			fact: bind(showFact),
			choices: bind(peopleChoices),
			register: anew(registerPerson),
			change: bind(changePerson),
			recordFact: bind(recordFact),
			correctFact: bind(correctFact),
			endFact: bind(endFact),
			withdrawFact: bind(withdrawFact),
			verifyFact: bind(verifyRecordedFact),
			decideTravel: bind(decideTravel),
			debriefTravel: bind(debriefTravel),
			triageEvent: bind(triageEvent),
			previewMany: bind(previewMany),
			changeMany: bind(changeMany),
			evidence: bind(openEvidence),
			exportFile: anew(exportPerson),
			retention: bind(showRetention),
			previewKinds: bind(previewKinds),
			eraseKinds: bind(eraseKinds),
			erasure: bind(showErasure),
			erasures: bind(showErasures),
			erase: bind(erasePerson),
		},
		imports: {
			list: bind(showImports),
			show: bind(showImport),
			export: bind(exportImport),
			template: bind(importTemplate),
			// A file may say what ends an access, so it is never refused as a whole: applying one that ends none asks for room.
			examine: bind(examineFile),
			apply: bind(applyImport),
			discard: bind(discardImport),
		},
		// Stopping somebody, and telling what that came to, works however far the record is behind.
		suspension: {
			show: bind(showSuspension),
			isSuspended: bind(isSuspended),
			prepare: bind(prepareSuspension),
			sign: bind(signSuspension),
		},
		// What takes a privilege away works however far the record is behind.
		findings: {
			list: bind(showFindings),
			page: bind(listFindings),
			show: bind(showFinding),
			take: bind(takeFinding),
			lookNow: bind(lookNow),
			prepare: bind(prepareFinding),
			sign: bind(signFinding),
		},
		notifications: {
			/** Whether anything is subscribed to from here. */
			isWanted: () => deps.notifications.url !== null,
			take: (body: string) => takeNotifications(deps, body),
		},
		lapse: {
			alarms: bind(showAlarms),
			acknowledge: bind(acknowledge),
			dismissNotices: bind(dismissNotices),
		},
		inbox: {
			show: bind(showInbox),
			putAway: bind(putAway),
			putAllAway: bind(putAllAway),
			preferences: bind(showPreferences),
			changePreferences: bind(changePreferences),
		},
		delivery: {
			show: bind(showDelivery),
			resendMail: bind(resendMail),
			createWebhook: anew(createWebhook),
			changeKey: bind(changeWebhookKey),
			endWebhook: bind(endWebhook),
			enableWebhook: bind(enableWebhook),
			testWebhook: bind(testWebhook),
			resend: bind(resendDeliveries),
		},
		vetting: {
			list: bind(showCases),
			about: bind(casesAbout),
			begin: bind(beginCase),
			open: anew(openCase),
			show: bind(showCase),
			// These end clearances as well as they begin them, and what ends an access is never refused.
			act: bind(actOnCase),
			recordEvidence: bind(recordEvidence),
			prepareSignature: bind(prepareCase),
			sign: bind(signCase),
			dropProposal: bind(dropProposal),
		},
		forecast: {
			coverage: bind(showCoverage),
			lapses: bind(showLapses),
			renewals: bind(showRenewals),
			whatIf: bind(whatIf),
			csv: anew(exportForecast),
		},
		// That there are too few must be seen, and can be mended, however far the record is behind.
		roster: {
			show: bind(showRoster),
			csv: anew(exportRoster),
			recordBoundary: bind(recordBoundary),
			changeBoundary: bind(changeBoundary),
			closeBoundary: bind(closeBoundary),
			recordHolder: bind(recordHolder),
			endHolder: bind(endHolder),
			recordShift: bind(recordShift),
			removeShift: bind(removeShift),
		},
		presence: {
			show: bind(showFacilities),
			deliver: bind(takeDelivery),
			upload: bind(uploadEvents),
			createFeed: anew(createFeed),
			changeFeedKey: bind(changeFeedKey),
			stopFeed: bind(stopFeed),
			issueBadge: bind(issueBadge),
			takeBadge: bind(takeBadge),
			badgesOf: bind(showBadges),
		},
		scim: {
			/** Where a system finds us. */
			address: `${deps.passkeys.origin}/scim/v2`,
			authenticate: bind(authenticate),
			/** It may end an access, so it is never refused as a whole: what takes somebody in asks for room itself. */
			answer: bind(answerScim),
			tokens: bind(showTokens),
			makeToken: anew(makeToken),
			rotateToken: bind(rotateToken),
			revokeToken: bind(revokeToken),
		},
		api: {
			/** Where programs find us. */
			address: `${deps.passkeys.origin}/api/v1`,
			authenticate: bind(authenticateProgram),
			tokens: bind(showApiTokens),
			prepareToken: anew(prepareToken),
			signToken: anew(signToken),
			revokeToken: bind(revokeApiToken),
		},
		tenant: {
			accounts: bind(showAccounts),
			accountOf: bind(accountOf),
			sync: bind(askForRound),
			previewChosen: bind(previewChosen),
			register: anew(registerChosen),
			link: bind(linkChosen),
		},
		charter: {
			show: bind(showCharter),
			version: bind(showVersion),
			versions: bind(showVersions),
			diff: bind(showDiff),
			explain: bind(explainEligibility),
			explainable: bind(explainable),
			findExplainable: bind(findExplainable),
		},
		amendments: {
			list: bind(showAmendments),
			open: bind(showOpenAmendment),
			show: bind(showAmendment),
			begin: bind(beginAmendment),
			reopen: bind(reopenAmendment),
			draft: anew(draftAmendment),
			edit: anew(editAmendment),
			propose: anew(proposeAmendment),
			withdraw: bind(withdrawAmendment),
			prepareSignature: anew(prepareAmendment),
			sign: anew(signAmendment),
			changes: bind(showChanges),
			csv: anew(exportChanges),
		},
		access: {
			form: bind(showRequestForm),
			file: anew(fileRequests),
			filing: bind(showFiling),
			keepDraft: bind(keepRequestDraft),
			keepLostForm: bind(keepLostForm),
			discardDraft: bind(discardDraft),
			queue: bind(showQueue),
			prepareDecisions: anew(prepareDecisions),
			decideMany: anew(decideMany),
			askInformation: anew(askInformation),
			giveInformation: bind(giveInformation),
			amend: bind(amendRequest),
			recordAbsence: bind(recordAbsence),
			endAbsence: bind(endOwnAbsence),
			standIns: bind(showStandIns),
			list: bind(showRequests),
			show: bind(showRequest),
			prepareDecision: anew(prepareDecision),
			decide: anew(decideRequest),
			withdraw: bind(withdrawRequest),
			endGrant: bind(endGrant),
			requestOfOwnGrant: bind(requestOfOwnGrant),
			roles: bind(showRequestableRoles),
			repeated: bind(repeatedRequest),
			grantsNow: bind(showGrantsNow),
			watch: bind(watchRequest),
			askExtension: anew(askExtension),
			acceptDrift: bind(acceptDrift),
		},
		breakGlass: {
			standing: bind(showStanding),
			uses: bind(showUses),
			show: bind(showUse),
			isUse: bind(hasUse),
			procedure: bind(showProcedure),
			usingRoles: bind(usingRoles),
			// A grant must have its record: while that is too far behind, the sealed procedure is what is left.
			prepareUse: anew(prepareUse),
			use: anew(signUse),
			prepareSecond: anew(prepareSecond),
			second: anew(signSecond),
			withdraw: bind(withdrawUse),
			// What has happened can always be recorded and reviewed.
			prepareReview: bind(prepareReview),
			review: bind(signReview),
			prepareOffline: bind(prepareOffline),
			recordOffline: bind(signOffline),
		},
		lockbox: {
			list: bind(showLockboxes),
			show: bind(showLockbox),
			countFor: bind(countLockboxesFor),
			choices: bind(lockboxChoices),
			// The provider's clock does not wait for our record: what comes in, is denied or has happened is never refused.
			prepare: bind(prepareLockbox),
			sign: bind(signLockbox),
			importM365: bind(importM365),
			record: bind(recordLockbox),
			ask: anew(askFromInside),
			reportSent: bind(reportSent),
			reportSeen: bind(reportSeen),
			retry: bind(retryAnswer),
		},
		audit: {
			history: bind(readHistory),
			choices: bind(historyChoices),
			readersOfOwn: bind(readersOfOwn),
			charters: bind(questionCharters),
			answer: bind(answerQuestion),
			answerRows: bind(questionRows),
			share: anew(createShare),
			shares: bind(showShares),
			endShare: bind(endShare),
			openShare: bind(openShare),
			takeShare: bind(takeShare),
			exports: bind(showExports),
			export: anew(exportHistory),
			bundle: anew(exportBundle),
			verifierPage: deps.verifierPage,
		},
		record: {
			show: bind(showRecord),
			entry: bind(showEntry),
			checkpoint: bind(currentCheckpoint),
			tile: bind(serveTile),
		},
	}
}
