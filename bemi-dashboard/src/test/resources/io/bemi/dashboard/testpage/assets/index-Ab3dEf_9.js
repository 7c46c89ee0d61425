console.log("the page, the page, the page, the page");
console.log("the page, the page, the page, the page");
console.log("the page, the page, the page, the page");
console.log("the page, the page, the page, the page");
console.log("the page, the page, the page, the page");
console.log("the page, the page, the page, the page");
console.log("the page, the page, the page, the page");
console.log("the page, the page, the page, the page");
