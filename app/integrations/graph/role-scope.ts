/**
 * The scope of a role as Graph writes it. What is compared is kept in lower case; of the segments before an id nobody promises that
 * the tenant reads them in any case, and a removal that names another scope removes nothing.
 */
export const writtenScope = (scope: string): string =>
	scope.replace(/^\/administrativeunits\//i, '/administrativeUnits/')
